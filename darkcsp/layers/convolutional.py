"""[convolutional]: parse_convolutional in src/parser.c, src/convolutional_layer.c.

As Darknet's CPU program runs it: `binary=1` alone changes nothing (the binarised copy is never filled), `xnor=1` does.
"""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.layers.activations import read_activation
from darkcsp.layers.blur import Blur, read_blur
from darkcsp.layers.spec import Blob, Layout, Position, Shape, Spec, chained, layer


@layer
@dataclass(frozen=True, kw_only=True)
class Convolutional(Spec):
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
        xnor: whether input and weights are reduced to their signs, times each filter's mean absolute weight.
        blur: the antialiasing blur behind the activation, or None.
        flipped: whether the file stores the weights transposed.
        shared_with: the layer whose parameters are used, or None.
        loads: False where `dontload=1` keeps the layer out of the file.
        loads_scales: False where `dontloadscales=1` keeps scales, means and variances out of the file.
    """

    sections = ("convolutional", "conv")
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
    blur: Blur | None = None
    flipped: bool = False
    shared_with: int | None = None
    loads: bool = True
    loads_scales: bool = True

    @classmethod
    def read(cls, options: Options, at: Position) -> Convolutional:
        """Read a [convolutional] section."""
        size = options.integer("size", 1, least=1)
        xnor = options.flag("xnor")
        groups = max(options.integer("groups", 1), 1)
        stride = read_stride(options)
        blur = read_blur(options, stride)
        activation = read_activation(options, "logistic", "convolutional", at.dialect)
        if xnor and options.flag("bin_output"):
            activation = "linear"
        spec = cls(
            **chained(at),
            filters=options.integer("filters", 1, least=1),
            size=size,
            stride=(1, 1) if blur else stride,
            padding=read_padding(options, size),
            groups=1 if xnor else groups,
            dilation=1 if size == 1 else options.integer("dilation", 1, least=1),
            batch_normalize=options.flag("batch_normalize") or options.flag("cbn"),
            activation=activation,
            xnor=xnor,
            blur=blur,
            flipped=options.flag("flipped"),
            shared_with=_read_share(options, at),
            loads=not options.flag("dontload"),
            loads_scales=not options.flag("dontloadscales"),
        )
        _check(spec, options, at)
        return spec

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
    def stored(self) -> tuple[Blob, ...]:
        """What is in the file: nothing for shared and `dontload` layers."""
        if self.shared_with is not None or not self.loads:
            return ()
        return tuple(blob for blob in self.blobs if self.loads_scales or blob.name in ("biases", "weights"))

    @property
    def flops(self) -> float:
        """Two per multiplication, a 32nd of that for xnor; blur and bias are not counted."""
        filters, channels, size, _ = self.weights_shape
        count = 2.0 * filters * channels * size * size * self.convolved.h * self.convolved.w
        return count / 32 if self.xnor else count


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


def _read_share(options: Options, at: Position) -> int | None:
    if not options.has("share_index"):
        return None
    index = at.resolve(options, "share_index", options.integer("share_index", 0))
    if not isinstance(at.layers[index], Convolutional):
        raise GraphError(
            options.place_of("share_index"),
            f"share_index: layer {index} is [{at.layers[index].type}], expected a [convolutional] layer",
        )
    return at.layers[index].parameters_of


def _check(spec: Convolutional, options: Options, at: Position) -> None:
    channels = spec.input.c
    if channels % spec.groups or spec.filters % spec.groups:
        raise options.error(
            "groups", f"must divide the {channels} channels coming in and the {spec.filters} filters going out"
        )
    if spec.dilation > 1 and spec.padding * 2 != spec.size - 1:
        raise options.error(
            "dilation", f"Darknet needs size={spec.size} to be odd, with pad=1; padding is {spec.padding}"
        )
    if spec.size == 1 and spec.padding:
        raise options.error("padding", "Darknet reads beyond the picture where size=1; expected padding=0")
    if spec.size == 1 and spec.stride[1] == 1 < spec.stride[0]:
        raise options.error("stride_y", "Darknet ignores it where size=1 and stride_x=1; expected equal strides")
    if spec.xnor and spec.stride[0] != spec.stride[1]:
        raise options.error("xnor", "Darknet's xnor convolution has one stride for both directions")
    if spec.shared_with is not None:
        _check_shared(spec, options, at)


def _check_shared(spec: Convolutional, options: Options, at: Position) -> None:
    owner = at.layers[spec.parameters_of]
    if not isinstance(owner, Convolutional) or owner.blobs != spec.blobs:
        raise GraphError(
            options.place_of("share_index"),
            f"share_index: size, channels, filters, groups and batch_normalize must equal those of layer {owner.index}",
        )
