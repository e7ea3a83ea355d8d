"""The antialiasing blur of [convolutional] and [maxpool] (make_convolutional_layer, make_maxpool_layer).

With `antialiasing`, the layer itself runs with stride 1, and a fixed depthwise convolution applies the stride. Its
result overwrites the start of the layer's larger buffer: the section below reads the blurred image, while references
from elsewhere read the buffer.

Darknet does not allocate the memory that the blur needs: its program crashes, or corrupts other layers, unless a
[convolutional] layer of the same cfg needs as much.
"""

from __future__ import annotations

from typing import NamedTuple

from darkcsp.cfg.options import Options
from darkcsp.spec.shape import Shape


class Blur(NamedTuple):
    """A fixed low-pass filter, the same for every channel.

    Attributes:
        size: 2 (mean of four, no padding; antialiasing=2) or 3 (binomial, padded by 1).
        stride: (vertical, horizontal).
    """

    size: int
    stride: tuple[int, int]

    @property
    def padding(self) -> int:
        """Rows and columns of zeros on each side."""
        return 1 if self.size == 3 else 0

    @property
    def kernel(self) -> tuple[tuple[float, ...], ...]:
        """The filter's taps, row by row; their sum is 1."""
        taps = (1.0, 2.0, 1.0) if self.size == 3 else (1.0, 1.0)
        total = sum(taps) ** 2
        return tuple(tuple(down * across / total for across in taps) for down in taps)

    def output(self, shape: Shape) -> Shape:
        """Return the shape of the blurred image."""
        return Shape(
            shape.c,
            (shape.h + 2 * self.padding - self.size) // self.stride[0] + 1,
            (shape.w + 2 * self.padding - self.size) // self.stride[1] + 1,
        )


def read_blur(options: Options, stride: tuple[int, int]) -> Blur | None:
    """Read `antialiasing`: 0 for none, 2 for the mean, anything else for the binomial filter."""
    kind = options.integer("antialiasing", 0)
    return Blur(2 if kind == 2 else 3, stride) if kind else None
