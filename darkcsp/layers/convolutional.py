"""[convolutional]: parse_convolutional in src/parser.c, src/convolutional_layer.c.

As Darknet's CPU programs run it: `binary=1` alone changes nothing (the binarised copy is never filled), `xnor=1` does.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.activations import read_activation
from darkcsp.spec.blur import Blur, read_blur
from darkcsp.spec.spec import Blob, Layout, Parametric, Position, Shape, Spec, chained, layer, read_loading


@layer
@dataclass(frozen=True, kw_only=True)
class Convolutional(Parametric):
    """A 2-D convolution, optionally with batch normalisation, then an activation.

    Attributes:
        filters: output channels.
        size: height and width of the kernel.
        stride: (vertical, horizontal); (1, 1) where an antialiasing blur does the striding.
        padding: rows and columns added on each side; Darknet multiplies it by the dilation.
        groups: groups of channels.
        dilation: spacing of the kernel's taps.
        batch_normalize: whether scales, means and variances are stored and applied (epsilon 1e-5).
        activation: effective function, one of `activations.EFFECTIVE`.
        xnor: whether the section asks for a binary convolution; see `binarized`.
        bin_output: whether a binary convolution is linear unless a layer refers to it.
        blur: the antialiasing blur behind the activation, or None.
        flipped: whether the file stores the weights transposed.
        shared_with: the layer whose parameters are used, or None.
    """

    sections = ("convolutional", "conv")
    option_notes = {
        "cbn": "1 is batch_normalize=1 with cross-iteration statistics in training",
    }
    training_options = frozenset(
        "assisted_excitation angle dot grad_centr reverse coordconv stream wait_stream binary cbn sway rotate "
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
    activation: str
    xnor: bool = False
    bin_output: bool = False
    blur: Blur | None = None
    flipped: bool = False
    shared_with: int | None = None

    @classmethod
    def read(cls, options: Options, at: Position) -> Convolutional:
        """Read a [convolutional] section."""
        size = options.integer("size", 1, least=1)
        xnor = options.flag("xnor")
        groups = max(options.integer("groups", 1), 1)
        stride = read_stride(options)
        blur = read_blur(options, stride)
        batch_normalize = options.flag("batch_normalize") or options.flag("cbn")
        owner = _read_share(options, at)
        spec = cls(
            **chained(at),
            filters=options.integer("filters", 1, least=1),
            size=size,
            stride=(1, 1) if blur else stride,
            padding=read_padding(options, size),
            groups=1 if xnor and at.dialect == "AlexeyAB" else groups,
            dilation=1 if size == 1 else options.integer("dilation", 1, least=1),
            batch_normalize=owner.batch_normalize if owner else batch_normalize,
            activation=read_activation(options, "logistic", "convolutional", at.dialect),
            xnor=xnor,
            bin_output=options.flag("bin_output"),
            blur=blur,
            flipped=options.flag("flipped"),
            shared_with=owner.parameters_of if owner else None,
            **read_loading(options),
        )
        if spec.binarized and spec.dilation > 1:  # Darknet's binary path knows no dilation
            spec = dataclasses.replace(spec, dilation=1)
        _check(spec, options)
        if owner:
            _check_shared(spec, owner, options)
        return spec

    def settled(self, layers: tuple[Spec, ...]) -> Spec:
        """Leave the activation out where `bin_output` asks for it and no layer refers to this one.

        Darknet forgets `bin_output` of the sources of [route], and of the first two of [shortcut], [scale_channels]
        and [sam] (parse_network_cfg_custom in src/parser.c, calculate_binary_weights in src/network.c).
        """
        if not (self.xnor and self.bin_output) or any(_keeps_activation(reader, self.index) for reader in layers):
            return self
        return dataclasses.replace(self, activation="linear")

    @property
    def binarized(self) -> bool:
        """Whether input and weights are reduced to their signs, times each filter's mean absolute weight.

        With two different strides, AlexeyAB's program runs an `xnor` layer as any other.
        """
        return self.xnor and self.stride[0] == self.stride[1]

    @property
    def skips_im2col(self) -> bool:
        """Whether Darknet multiplies the picture's floats as they lie, and so takes stride and padding for shape alone.

        Both programs mean a kernel of 1x1 that moves by one, but look at `size` alone (pjreddie's) or at the horizontal
        stride (AlexeyAB's, unless binarised): forward_convolutional_layer in src/convolutional_layer.c.
        """
        if self.size > 1 or (self.stride == (1, 1) and not self.padding):
            return False
        return self.dialect == "pjreddie" or (self.stride[1] == 1 and not self.binarized)

    @property
    def convolved(self) -> Shape:
        """Shape behind the convolution, before any blur. Darknet leaves the dilation out of this."""
        return Shape(
            self.filters,
            (self.input.h + 2 * self.padding - self.size) // self.stride[0] + 1,
            (self.input.w + 2 * self.padding - self.size) // self.stride[1] + 1,
        )

    @property
    def output(self) -> Shape:
        """The convolution's own shape: references past a blur see the larger buffer."""
        return self.convolved

    @property
    def output_to_next(self) -> Shape:
        """Shape behind the blur."""
        return self.blur.output(self.convolved) if self.blur else self.convolved

    @property
    def weights_shape(self) -> tuple[int, int, int, int]:
        """(filters, channels per group, size, size)."""
        return (self.filters, self.input.c // self.groups, self.size, self.size)

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Biases, the three of batch normalisation, weights."""
        vectors = ["biases", "scales", "means", "variances"] if self.batch_normalize else ["biases"]
        layout: Layout = "flipped" if self.flipped else "plain"
        return (*(Blob(name, (self.filters,)) for name in vectors), Blob("weights", self.weights_shape, layout))

    @property
    def parameters_of(self) -> int:
        """The layer named by `share_index`, or this one."""
        return self.index if self.shared_with is None else self.shared_with

    @property
    def flops(self) -> float:
        """Two per multiplication, a 32nd of that for xnor in AlexeyAB's program; blur and bias are not counted."""
        filters, channels, size, _ = self.weights_shape
        count = 2.0 * filters * channels * size * size * self.convolved.h * self.convolved.w
        return count / 32 if self.xnor and self.dialect == "AlexeyAB" else count


def read_stride(options: Options) -> tuple[int, int]:
    """Read stride, stride_x and stride_y; return (vertical, horizontal)."""
    stride = options.integer("stride", 1)
    across, down = options.integer("stride_x", -1), options.integer("stride_y", -1)
    if stride < 1 and (across < 1 or down < 1):
        raise options.error("stride", "must be 1 or more")
    return (down if down >= 1 else stride, across if across >= 1 else stride)


def read_padding(options: Options, size: int) -> int:
    """Read pad (a switch for size/2) and padding."""
    padding = options.integer("padding", 0, least=0)
    return size // 2 if options.flag("pad") else padding


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


def _keeps_activation(reader: Spec, index: int) -> bool:
    if reader.type == "route":
        return index in reader.sources
    return reader.type in ("shortcut", "scale_channels", "sam") and index in reader.sources[:2]


def _check(spec: Convolutional, options: Options) -> None:
    channels = spec.input.c
    if channels % spec.groups or spec.filters % spec.groups:
        raise options.error(
            "groups", f"must divide the {channels} channels coming in and the {spec.filters} filters going out"
        )
    if spec.flipped and spec.groups > 1 and spec.dialect == "pjreddie":
        raise options.error("flipped", "pjreddie's Darknet transposes beyond the weights of groups; expected 0")
    if spec.dilation > 1 and spec.padding * 2 != spec.size - 1:
        raise options.error(
            "dilation", f"Darknet needs size={spec.size} to be odd, with pad=1; padding is {spec.padding}"
        )
    if spec.binarized and spec.dialect == "AlexeyAB":
        _check_binary(spec, options)
    _check_pointwise(spec, options)


def _check_binary(spec: Convolutional, options: Options) -> None:
    """Refuse what AlexeyAB's binary path gets wrong: im2col_cpu_custom_bin in src/gemm.c has one case alone."""
    simple = (spec.size, spec.stride, spec.padding) == (3, (1, 1), 1)
    if spec.input.c % 32 and not simple:
        raise options.error(
            "xnor",
            f"Darknet's binary convolution of {spec.input.c} channels, not a multiple of 32, is written for size=3, "
            "stride=1 and pad=1 alone; its output would be constant",
        )
    if spec.blur:
        raise options.error("antialiasing", "Darknet leaves the blur out with xnor=1, but hands on its shape")


def _check_pointwise(spec: Convolutional, options: Options) -> None:
    """Refuse what makes Darknet read beyond the picture."""
    if spec.skips_im2col and spec.convolved.h * spec.convolved.w > spec.input.h * spec.input.w:
        raise options.misfit(
            "padding" if options.has("padding") else "pad",
            "Darknet reads beyond the picture where size=1; expected padding=0",
        )


def _check_shared(spec: Convolutional, owner: Convolutional, options: Options) -> None:
    if owner.weights_shape != spec.weights_shape:
        raise GraphError(
            options.place_of("share_index"),
            f"share_index: weights are {spec.weights_shape} here and {owner.weights_shape} in layer {owner.index}; "
            "size, channels, filters and groups must be equal",
        )
