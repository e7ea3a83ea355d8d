"""[local]: parse_local in src/parser.c, src/local_layer.c.

Neither program allocates the memory that the layer needs (workspace_size): they crash, or corrupt other layers, unless
a [convolutional] section of the same cfg needs as much. This implements what the layer is meant to compute.
"""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.activation_functions import read_activation
from darkcsp.spec.blob import Blob
from darkcsp.spec.parametric import Parametric, read_loading
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Local(Parametric):
    """A convolution with separate weights and biases for each position. Darknet counts no FLOPs for it.

    Attributes:
        filters: output channels.
        size: height and width of the kernel.
        stride: stride in both directions.
        padding: rows and columns of zeros on each side.
        activation: effective function.
    """

    sections = ("local",)
    option_attributes = {"pad": "padding"}

    filters: int
    size: int
    stride: int
    padding: int
    activation: str

    @classmethod
    def read(cls, options: Options, at: Position) -> Local:
        """Read a [local] section; its `pad` is the padding itself."""
        spec = cls(
            **chained(at),
            filters=options.integer("filters", 1, least=1),
            size=options.window("size", 1, least=1),
            stride=options.window("stride", 1, least=1),
            padding=options.window("pad", 0, least=0),
            activation=read_activation(options, "logistic", at.program),
            **read_loading(options),
        )
        _check(spec, options)
        return spec

    @property
    def output(self) -> Shape:
        """With padding, Darknet computes the size as if the window kept the input's size."""
        _, h, w = self.input
        lost = 1 if self.padding else self.size
        return Shape(self.filters, (h - lost) // self.stride + 1, (w - lost) // self.stride + 1)

    @property
    def positions(self) -> int:
        """Number of positions of the window."""
        return self.output.h * self.output.w

    @property
    def steps(self) -> int:
        """Three for each position in the window."""
        return 3 * self.size**2

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Biases for each output value, weights for each position."""
        return (
            Blob("biases", tuple(self.output)),
            Blob("weights", (self.positions, self.filters, self.input.c, self.size, self.size)),
        )


def _check(spec: Local, options: Options) -> None:
    """Reject a padding for which im2col_cpu gives a different number of positions than the layer has."""
    real = tuple((length + 2 * spec.padding - spec.size) // spec.stride + 1 for length in (spec.input.h, spec.input.w))
    if real != (spec.output.h, spec.output.w):
        raise options.error(
            "pad", f"Darknet needs a padding that keeps the input's size: size={2 * spec.padding + 1} for this pad"
        )
