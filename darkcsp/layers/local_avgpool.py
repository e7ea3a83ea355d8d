"""[local_avgpool]: parse_local_avgpool in src/parser.c, forward_local_avgpool_layer in src/maxpool_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.pooling import Pooling, read_pooling, read_pytorch_pooling
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class LocalAvgpool(Pooling):
    """Local average pooling: the mean over the part of each window that is inside the input.

    Attributes:
        counts_outside: whether the mean is over the whole window, with zeros outside the input (WongKinYiu's program).
    """

    sections = ("local_avgpool", "local_avg")
    authors = ("AlexeyAB",)

    counts_outside: bool = False

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [local_avgpool] section."""
        window = read_pooling(options)
        spec = cls(**chained(at), **window._asdict())
        if any(spec.misses(axis) for axis in (0, 1)):
            raise options.error(
                "padding",
                f"some windows of size={spec.size} are completely outside the input, where Darknet divides by zero",
            )
        return spec

    def misses(self, axis: int) -> bool:
        """Return whether some windows are completely outside the input along an axis: 0 is vertical, 1 horizontal."""
        before, windows, length = self.padding // 2, self.pooled[1 + axis], self.input[1 + axis]
        return windows > 0 and (before >= self.size or (windows - 1) * self.stride[axis] - before >= length)

    @property
    def constants(self) -> int:
        """The divisor of each window."""
        return self.pooled.h * self.pooled.w

    @property
    def counts(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Number of rows and columns of each window that are averaged: those inside the input, or all."""
        if self.counts_outside:
            return (self.size,) * self.pooled.h, (self.size,) * self.pooled.w
        before = self.padding // 2
        rows, columns = (
            tuple(
                max(min(first + self.size, length) - max(first, 0), 0)
                for first in range(-before, windows * stride - before, stride)
            )
            for windows, stride, length in (
                (self.pooled.h, self.stride[0], self.input.h),
                (self.pooled.w, self.stride[1], self.input.w),
            )
        )
        return rows, columns


@reads(LocalAvgpool, "local_avgpool", authors=("WongKinYiu",))
def read_for_pytorch(options: Options, at: Position) -> LocalAvgpool:
    """Read a [local_avgpool] section as WongKinYiu's reader does."""
    return LocalAvgpool(**chained(at), **read_pytorch_pooling(options)._asdict(), counts_outside=True)
