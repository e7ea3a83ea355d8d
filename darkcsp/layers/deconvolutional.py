"""[deconvolutional]: parse_deconvolutional in src/parser.c, src/deconvolutional_layer.c of pjreddie's Darknet.

His current program stops with a division by zero when it loads this layer's weights (load_convolutional_weights uses
the number of groups, which the layer does not set); darkcsp reads the format that it saves.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from darkcsp.cfg.options import Options
from darkcsp.spec.activation_functions import read_activation
from darkcsp.spec.batch_normalization import BatchNormalization, normalizing
from darkcsp.spec.blob import Blob
from darkcsp.spec.padding import read_padding
from darkcsp.spec.parametric import Parametric, read_loading
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Deconvolutional(Parametric):
    """A transposed convolution, optionally with batch norm, then an activation. Darknet counts no FLOPs for it.

    Attributes:
        filters: output channels.
        size: height and width of the kernel.
        stride: step of the kernel on the output.
        padding: rows and columns cropped on each side.
        batch_normalize: whether scales, means and variances are stored and applied.
        normalization: how they are applied.
        activation: effective function.
    """

    sections = ("deconvolutional", "deconv")
    option_attributes = {"pad": "padding"}
    authors = ("pjreddie",)

    filters: int
    size: int
    stride: int
    padding: int
    batch_normalize: bool
    normalization: BatchNormalization
    activation: str

    @classmethod
    def read(cls, options: Options, at: Position) -> Deconvolutional:
        """Read a [deconvolutional] section."""
        size = options.window("size", 1, least=1)
        return cls(
            **chained(at),
            filters=options.integer("filters", 1, least=1),
            size=size,
            stride=options.window("stride", 1, least=1),
            padding=read_padding(options, size),
            **normalizing(options.flag("batch_normalize"), at.program),
            activation=read_activation(options, "logistic", at.program),
            **read_loading(options),
        )

    @property
    def output(self) -> Shape:
        """One kernel for each input position, `stride` apart, minus the padding."""
        _, h, w = self.input
        cut = self.size - 2 * self.padding
        return Shape(self.filters, (h - 1) * self.stride + cut, (w - 1) * self.stride + cut)

    @property
    def weights_shape(self) -> tuple[int, int, int, int]:
        """(input channels, filters, size, size)."""
        return (self.input.c, self.filters, self.size, self.size)

    @property
    def multiplications(self) -> float:
        """All weights at every position of the input."""
        return float(prod(self.weights_shape) * self.input.h * self.input.w)

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Biases, the three blobs of batch norm, weights."""
        vectors = ["biases", "scales", "means", "variances"] if self.batch_normalize else ["biases"]
        return (*(Blob(name, (self.filters,)) for name in vectors), Blob("weights", self.weights_shape))
