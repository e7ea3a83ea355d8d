"""[upsample]: parse_upsample in src/parser.c, src/upsample_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Upsample(Spec):
    """Repeats each value stride x stride times; with a negative stride, sums each stride x stride block.

    Attributes:
        stride: the integer factor, 1 or more.
        reverse: whether the layer sums instead of repeating.
        scale: factor for every output.
    """

    sections = ("upsample",)

    stride: int
    reverse: bool
    scale: float

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read an [upsample] section."""
        stride = options.window("stride", 2)
        if stride == 0:
            raise options.error("stride", "must not be 0")
        spec = cls(**chained(at), stride=abs(stride), reverse=stride < 0, scale=options.number("scale", 1))
        if spec.reverse and (spec.input.h % spec.stride or spec.input.w % spec.stride):
            raise options.error("stride", f"must divide height and width of the input, {spec.input}")
        return spec

    @property
    def output(self) -> Shape:
        """Height and width multiplied, or divided, by the stride."""
        c, h, w = self.input
        if self.reverse:
            return Shape(c, h // self.stride, w // self.stride)
        return Shape(c, h * self.stride, w * self.stride)


@reads(Upsample, "upsample")
def read_for_pytorch(options: Options, at: Position) -> Upsample:
    """Read an [upsample] section as WongKinYiu's readers do."""
    return Upsample(**chained(at), stride=options.needed_window("stride", least=1), reverse=False, scale=1.0)
