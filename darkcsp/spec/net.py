"""[net]: parse_net_options in src/parser.c. Not a layer: the network's input, and how images are prepared for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from darkcsp.cfg.options import Options
from darkcsp.spec.shape import Shape

Resize = Literal["stretch", "letter_box", "wongkinyiu", "opencv"]
"""How images are resized to the network's input.

stretch: ignoring the aspect ratio, interpolated as in Darknet. letter_box: keeping it, with grey bars, as Darknet does.
wongkinyiu: also keeping it, as WongKinYiu's PyTorch programs do, which round, interpolate and fill differently.
opencv: ignoring it, interpolated by cv2.resize, as cv2.dnn.blobFromImage does.
"""

RESIZES: tuple[Resize, ...] = get_args(Resize)

ResizeName = Literal[Resize, "darkcsp"]
"""What users call them: `darkcsp`, beside `opencv`, is another name of `stretch`."""

RESIZE_NAMES: Mapping[ResizeName, Resize] = {**dict(zip(RESIZES, RESIZES, strict=True)), "darkcsp": "stretch"}
"""Name -> what it means."""

TRAINING = frozenset(
    "max_batches batch learning_rate learning_rate_min sgdr_cycle sgdr_mult momentum decay subdivisions track "
    "augment_speed sequential_subdivisions try_fix_nan weights_reject_freq equidistant_point "
    "badlabels_rejection_percentage num_sigmas_reject_badlabels ema_alpha use_cuda_graph loss_scale "
    "dynamic_minibatch optimized_memory workspace_size_limit_MB adam B1 B2 eps max_crop min_crop flip blur "
    "gaussian_noise mixup cutmix mosaic mosaic_bound contrastive contrastive_jit_flip contrastive_color "
    "unsupervised label_smooth_eps resize_step attention adversarial_lr max_chart_loss angle aspect saturation "
    "exposure hue power policy burn_in step scale steps scales seq_scales gamma show_receptive_field center clip "
    "random".split()
)


@dataclass(frozen=True, kw_only=True)
class Net:
    """The [net] section.

    Attributes:
        input: shape of the input; (n, 1, 1) if the cfg gives only `inputs`.
        resize: how images are resized to it.
        time_steps: length of the sequences used in training.
        is_picture: whether the input is an image with height and width, rather than a plain vector.
    """

    input: Shape
    resize: Resize
    time_steps: int
    is_picture: bool = True


def read_net(options: Options, size: tuple[int, int] | None = None) -> Net:
    """Read the [net] section; `size` (width, height) overrides the cfg's. Raises OptionError."""
    width, height = options.integer("width", 0, least=0), options.integer("height", 0, least=0)
    channels, inputs = options.integer("channels", 0, least=0), options.integer("inputs", 0, least=0)
    if size is not None and (width or height or not inputs):
        width, height = size
    is_picture = bool(width and height and channels)
    if is_picture:
        shape = Shape(channels, height, width)
        if inputs and inputs != shape.size:
            raise options.error("inputs", f"must be width x height x channels = {shape.size}, or absent")
    elif inputs:
        shape = Shape(inputs, 1, 1)
    else:
        raise options.error("width", "there is no input size; set width, height and channels, or inputs")
    return Net(
        input=shape,
        resize="letter_box" if options.flag("letter_box") else "stretch",
        time_steps=max(options.integer("time_steps", 1), 1),
        is_picture=is_picture,
    )


def read_pytorch_net(options: Options, size: tuple[int, int] | None = None) -> Net:
    """Read the first section for WongKinYiu's readers, which ignore it: the input has 3 channels, and any size.

    If `size` (width, height) is not given, the section's width and height are used. Raises OptionError if both are
    missing.
    """
    for option in options.section.options:
        options.has(option.key)
    if options.text("channels", "3") != "3":
        options.notice("channels", "WongKinYiu's reader ignores it and uses 3")
    if size is None:
        if not (options.has("width") and options.has("height")):
            raise options.error("width", "there is no input size; set width and height, or pass size (--size)")
        size = options.integer("width", 0, least=1), options.integer("height", 0, least=1)
    width, height = size
    return Net(input=Shape(3, height, width), resize="wongkinyiu", time_steps=1)
