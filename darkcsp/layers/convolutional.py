"""[convolutional]: parse_convolutional in src/parser.c, src/convolutional_layer.c.

On a CPU `binary=1` on its own has no effect (the binarised copy is never filled), and a 1x1 kernel with padding, or a
stride other than 1, multiplies the input's values in memory order.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.activation_functions import SPECIAL, read_activation, read_pytorch_activation
from darkcsp.spec.batch_normalization import (
    BatchNormalization,
    batch_normalization_of,
    batchnorm_names,
    normalizing,
)
from darkcsp.spec.blob import Blob, Layout
from darkcsp.spec.blur import Blur, read_blur
from darkcsp.spec.padding import read_padding
from darkcsp.spec.parametric import Parametric, read_loading
from darkcsp.spec.position import Position
from darkcsp.spec.program import Program
from darkcsp.spec.recurrent import RecurrentConvolutions
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, Surroundings, chained


class Binarization(NamedTuple):
    """How weights are binarised to their signs, times each filter's mean absolute weight, and inputs to their signs.

    Attributes:
        packed: whether signs are packed into bits (AlexeyAB's program, float_to_bit in src/gemm.c): positions outside
            the image then count as -1, like an input of 0; otherwise as 0.
        folded: whether batch norm is folded into the weights before (AlexeyAB's program). This affects weights of 0,
            which count as negative, if the scale is negative.
        inputs: whether the input is binarised as well (xnor=1), or only the weights (binary=1).
        sign_of_zero: the sign of an input of 0.
    """

    packed: bool = True
    folded: bool = True
    inputs: bool = True
    sign_of_zero: float = -1.0

    @property
    def outside(self) -> float:
        """The value of positions outside the image."""
        return -1.0 if self.packed else 0.0


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Convolutional(Parametric):
    """A 2-D convolution, optionally with batch norm, then an activation.

    Attributes:
        filters: output channels.
        size: height and width of the kernel.
        stride: (vertical, horizontal); (1, 1) if an antialiasing blur applies the stride.
        padding: rows and columns added on each side; Darknet multiplies it by the dilation.
        groups: groups of channels.
        dilation: spacing of the kernel's taps.
        batch_normalize: whether scales, means and variances are stored and applied.
        normalization: how they are applied.
        activation: effective function, one of `activation_functions.EFFECTIVE`.
        xnor: whether the section asks for a binary convolution; see `binarization`.
        binarization: how the convolution is made binary, or None.
        bin_output: whether a binary convolution is linear unless a layer refers to it.
        blur: the antialiasing blur after the activation, or None.
        flipped: whether the file stores the weights transposed.
        shared_with: the layer whose parameters are used, or None.
        reads_in_order: whether the input's values are multiplied in memory order, so that stride and padding only
            affect the output's shape.
        flops_divisor: how many operations Darknet counts as one.
        loads_last: False if the file does not contain the layer when it is the last section (WongKinYiu's program).
    """

    sections = ("convolutional", "conv")
    option_attributes = {
        "pad": "padding",
        "stride_x": "stride",
        "stride_y": "stride",
        "antialiasing": "blur",
        "share_index": "shared_with",
    }
    option_notes = {
        "cbn": "1 means batch_normalize=1 with cross-iteration statistics in training",
        "binary": "1 reduces the weights to their signs, times each filter's mean absolute value; ignored on a CPU",
    }
    training_options = frozenset(
        "assisted_excitation angle dot grad_centr reverse coordconv stream wait_stream cbn sway rotate "
        "stretch stretch_sway".split()
    )

    fork_options = frozenset(
        "dilation stride_x stride_y antialiasing share_index cbn bin_output sway rotate stretch stretch_sway".split()
    )

    filters: int
    size: int
    stride: tuple[int, int]
    padding: int
    groups: int
    dilation: int
    batch_normalize: bool
    normalization: BatchNormalization
    activation: str
    xnor: bool = False
    binarization: Binarization | None = None
    bin_output: bool = False
    blur: Blur | None = None
    flipped: bool = False
    shared_with: int | None = None
    reads_in_order: bool = False
    flops_divisor: int = 1
    loads_last: bool = True

    @classmethod
    def read(cls, options: Options, at: Position) -> Convolutional:
        """Read a [convolutional] section."""
        size = options.window("size", 1, least=1)
        xnor = options.flag("xnor")
        groups = max(options.integer("groups", 1), 1)
        stride = read_stride(options)
        blur = read_blur(options, stride)
        stride = (1, 1) if blur else stride
        batch_normalize = options.flag("batch_normalize") or options.flag("cbn")
        owner = _read_share(options, at)
        filters = options.integer("filters", 1, least=1)
        padding = read_padding(options, size)
        dilation = 1 if size == 1 else options.window("dilation", 1, least=1)
        in_pjreddies = at.program.author == "pjreddie"
        binarization = _binarization(at, xnor, binary=options.flag("binary"), stride=stride)
        spec = cls(
            **chained(at),
            filters=filters,
            size=size,
            stride=stride,
            padding=padding,
            groups=1 if xnor and not in_pjreddies else groups,
            dilation=1 if binarization and binarization.packed else dilation,  # Darknet's packed code ignores it
            **normalizing(owner.batch_normalize if owner else batch_normalize, at.program),
            activation=read_activation(options, "logistic", at.program, SPECIAL),
            xnor=xnor,
            binarization=binarization,
            bin_output=options.flag("bin_output"),
            blur=blur,
            flipped=options.flag("flipped"),
            shared_with=owner.parameters_of if owner else None,
            reads_in_order=_reads_in_order(at.program, size, stride, padding, binarization),
            flops_divisor=32 if xnor and not in_pjreddies else 1,
            **read_loading(options),
        )
        _check(spec, at.program, options)
        if owner:
            _check_shared(spec, owner, options)
        return spec

    @classmethod
    def part_of(cls, layer: RecurrentConvolutions, given: Shape, filters: int) -> Convolutional:
        """Create a sublayer of a recurrent layer; `given` is its input's shape, whose height and width it keeps."""
        size, groups, dilation = layer.kernel
        return cls(
            **layer.part_fields(given),
            filters=filters,
            size=size,
            stride=(1, 1),
            padding=size // 2,
            groups=groups,
            dilation=dilation,
            batch_normalize=layer.batch_normalize,
            normalization=layer.normalization,
            activation=layer.activation,
        )

    def settled(self, network: Surroundings) -> Spec:
        """Omit the activation if `bin_output` is set and no layer refers to this one.

        Darknet resets `bin_output` of the sources of [route], and of the first two sources of [shortcut],
        [scale_channels] and [sam] (parse_network_cfg_custom in src/parser.c, calculate_binary_weights in
        src/network.c). A last section that WongKinYiu's program omits from the file is not loaded from it.
        """
        if not self.loads_last and self.index == network.layers - 1:
            return dataclasses.replace(self, loads=False)
        if not (self.xnor and self.bin_output) or self.index in network.activated:
            return self
        return dataclasses.replace(self, activation="linear")

    @cached_property
    def convolved(self) -> Shape:
        """Shape after the convolution, before any blur. Darknet ignores the dilation here."""
        return Shape(
            self.filters,
            (self.input.h + 2 * self.padding - self.size) // self.stride[0] + 1,
            (self.input.w + 2 * self.padding - self.size) // self.stride[1] + 1,
        )

    @property
    def output(self) -> Shape:
        """The convolution's own shape, even with a blur: references see the larger buffer."""
        return self.convolved

    @property
    def output_to_next(self) -> Shape:
        """Shape after the blur."""
        return self.blur.output(self.convolved) if self.blur else self.convolved

    @property
    def weights_shape(self) -> tuple[int, int, int, int]:
        """(filters, channels per group, size, size)."""
        return (self.filters, self.input.c // self.groups, self.size, self.size)

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Biases, the three blobs of batch norm, weights."""
        vectors = ["biases", "scales", "means", "variances"] if self.batch_normalize else ["biases"]
        layout: Layout = "flipped" if self.flipped else "plain"
        return (*(Blob(name, (self.filters,)) for name in vectors), Blob("weights", self.weights_shape, layout))

    @property
    def checkpoint_names(self) -> Mapping[str, str]:
        """The names of a Conv2d and a BatchNorm2d."""
        if not self.batch_normalize:
            return {"biases": "Conv2d.bias", "weights": "Conv2d.weight"}
        return {**batchnorm_names("BatchNorm2d."), "weights": "Conv2d.weight"}

    @property
    def parameters_of(self) -> int:
        """The layer named by `share_index`, or this one."""
        return self.index if self.shared_with is None else self.shared_with

    @property
    def flops(self) -> float:
        """Two per multiplication, or 1/32 of that for xnor in AlexeyAB's program; blur and bias are not counted."""
        filters, channels, size, _ = self.weights_shape
        return 2.0 * filters * channels * size * size * self.convolved.h * self.convolved.w / self.flops_divisor

    @property
    def multiplications(self) -> float:
        """Multiplications of a binary convolution are counted like any others."""
        return self.flops / 2 * self.flops_divisor

    @property
    def constants(self) -> int:
        """The blur's kernels."""
        return self.filters * self.blur.size**2 if self.blur else 0


@reads(Convolutional, "convolutional")
def read_for_pytorch(options: Options, at: Position) -> Convolutional:
    """Read a [convolutional] section as WongKinYiu's readers do."""
    if "," in options.text("size", ""):
        raise options.error("size", "a list of sizes is not supported; no published cfg has one")
    size = options.needed_window("size", least=1)
    stride = _read_pytorch_stride(options)
    spec = Convolutional(
        **chained(at),
        filters=options.needed_integer("filters", least=1),
        size=size,
        stride=stride,
        padding=size // 2 if options.needed_integer("pad") else 0,
        groups=options.integer("groups", 1, least=1),
        dilation=1,
        batch_normalize=options.flag("batch_normalize"),
        normalization=batch_normalization_of(at.program),
        activation=read_pytorch_activation(options, at.program),
        loads_last=False,
    )
    _check(spec, at.program, options)
    return spec


@reads(Convolutional, "deformableconvolutional", authors=("WongKinYiu",))
def refuse_deformable(options: Options, at: Position) -> Convolutional:
    """Reject a [deformableconvolutional] section, which no published cfg has."""
    raise GraphError(at.place, "is not supported: no published cfg has a deformable convolution")


def _read_pytorch_stride(options: Options) -> tuple[int, int]:
    """Read stride, or if it is missing stride_y and stride_x; return (vertical, horizontal)."""
    if options.has("stride"):
        stride = options.needed_window("stride", least=1)
        return (stride, stride)
    if not (options.has("stride_x") and options.has("stride_y")):
        raise options.error("stride", "is missing; set stride, or stride_x and stride_y")
    return (options.needed_window("stride_y", least=1), options.needed_window("stride_x", least=1))


def read_stride(options: Options) -> tuple[int, int]:
    """Read stride, stride_x and stride_y; return (vertical, horizontal)."""
    stride = options.window("stride", 1)
    across, down = options.window("stride_x", -1), options.window("stride_y", -1)
    if stride < 1 and (across < 1 or down < 1):
        raise options.error("stride", "must be 1 or more")
    return (down if down >= 1 else stride, across if across >= 1 else stride)


def _read_share(options: Options, at: Position) -> Convolutional | None:
    if not options.has("share_index"):
        return None
    index = at.resolve(options, "share_index", options.integer("share_index", 0))
    owner = at.layers[index]
    if not isinstance(owner, Convolutional):
        raise GraphError(
            options.place_of("share_index"),
            f"share_index: layer {index} is [{owner.type}], expected a [convolutional] layer",
        )
    return owner


def _binarization(at: Position, xnor: bool, *, binary: bool, stride: tuple[int, int]) -> Binarization | None:
    """Return the effect of xnor=1 and binary=1 (forward_convolutional_layer and its GPU counterpart).

    Packed bits are used only for equal strides, and on a GPU only for 32 channels or more; otherwise the GPU computes
    in floats.
    """
    in_pjreddies, on_cpu = at.program.author == "pjreddie", at.program.on_cpu
    if xnor and not in_pjreddies and stride[0] == stride[1] and (on_cpu or at.input.c >= 32):
        return Binarization()
    if not on_cpu and (xnor or binary):
        return Binarization(packed=False, folded=not in_pjreddies, inputs=xnor, sign_of_zero=1.0)
    return Binarization(packed=False, folded=False) if xnor and in_pjreddies else None


def _reads_in_order(
    program: Program, size: int, stride: tuple[int, int], padding: int, binarization: Binarization | None
) -> bool:
    """Return whether Darknet skips im2col on a CPU although the kernel has padding or a stride other than 1.

    Both programs mean to skip it for 1x1 kernels with stride 1, but check only `size` (pjreddie's) or also the
    horizontal stride (AlexeyAB's, unless binarised): forward_convolutional_layer in src/convolutional_layer.c.
    """
    if not program.on_cpu or size > 1 or (stride == (1, 1) and not padding):
        return False
    return program.author == "pjreddie" or (stride[1] == 1 and binarization is None)


def _check(spec: Convolutional, program: Program, options: Options) -> None:
    channels = spec.input.c
    if channels % spec.groups or spec.filters % spec.groups:
        raise options.error("groups", f"must divide the {channels} input channels and the {spec.filters} filters")
    if spec.flipped and spec.groups > 1 and program.author == "pjreddie":
        raise options.error("flipped", "pjreddie's Darknet transposes out of bounds with groups; expected 0")
    if spec.dilation > 1 and spec.padding * 2 != spec.size - 1:
        raise options.error(
            "dilation", f"needs an odd size and pad=1 in Darknet, not size={spec.size} with a padding of {spec.padding}"
        )
    if spec.binarization and spec.binarization.packed:
        _check_packed(spec, options)
    _check_pointwise(spec, options)


def _check_packed(spec: Convolutional, options: Options) -> None:
    """Reject what AlexeyAB's packed code gets wrong: im2col_cpu_custom_bin in src/gemm.c handles only one case."""
    simple = (spec.size, spec.stride, spec.padding) == (3, (1, 1), 1)
    if spec.input.c % 32 and not simple:
        raise options.error(
            "xnor",
            f"with {spec.input.c} channels, which is not a multiple of 32, Darknet's binary convolution only works "
            "with size=3, stride=1 and pad=1; otherwise its output would be constant",
        )
    if spec.blur:
        raise options.error("antialiasing", "with xnor=1, Darknet skips the blur but still passes on its shape")


def _check_pointwise(spec: Convolutional, options: Options) -> None:
    """Reject options that make Darknet read beyond its input."""
    if spec.reads_in_order and spec.convolved.h * spec.convolved.w > spec.input.h * spec.input.w:
        raise options.misfit(
            "padding" if options.has("padding") else "pad",
            "Darknet reads beyond its input with size=1; expected padding=0",
        )


def _check_shared(spec: Convolutional, owner: Convolutional, options: Options) -> None:
    if owner.weights_shape != spec.weights_shape:
        raise GraphError(
            options.place_of("share_index"),
            f"share_index: weights are {spec.weights_shape} here and {owner.weights_shape} in layer "
            f"{owner.index}; size, channels, filters and groups must be equal",
        )
