"""[local_avgpool]: parse_local_avgpool in src/parser.c, forward_local_avgpool_layer in src/maxpool_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.layers.maxpool import Window, read_window
from darkcsp.spec.spec import Position, Spec, chained, layer


@layer
@dataclass(frozen=True, kw_only=True)
class LocalAvgpool(Window):
    """The mean of the part of each window that lies in the picture."""

    sections = ("local_avgpool", "local_avg")
    dialects = ("AlexeyAB",)

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [local_avgpool] section."""
        size, stride, padding = read_window(options)
        spec = cls(**chained(at), size=size, stride=stride, padding=padding)
        if not all(all(counts) for counts in spec.counts):
            raise options.error(
                "padding", f"some windows of size={size} lie outside the picture altogether; Darknet divides by zero"
            )
        return spec

    @property
    def counts(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """How many rows, and columns, of each window lie in the picture."""
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
