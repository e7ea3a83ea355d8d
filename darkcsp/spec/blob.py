"""A layer's data besides its options: parameters in a `.weights` file, and state kept between calls."""

from __future__ import annotations

from math import prod
from typing import Literal, NamedTuple

from darkcsp.spec.shape import Shape

Layout = Literal["plain", "flipped", "by_header"]
"""How a file stores a blob: in its shape, always transposed, or transposed if the header says so."""


class Blob(NamedTuple):
    """One array of parameters in a `.weights` file.

    Attributes:
        name: Darknet's name: biases, scales, means, variances, weights; in sublayers, such as `input.weights`.
        shape: the array's shape in darkcsp (torch's order for weights).
        layout: how the file stores it. "plain": in `shape`; "flipped": always transposed (option flipped=1);
            "by_header": transposed if the file's header says so (Darknet before 2015).
    """

    name: str
    shape: tuple[int, ...]
    layout: Layout = "plain"

    @property
    def size(self) -> int:
        """Number of float32 values."""
        return prod(self.shape)


class StateSpec(NamedTuple):
    """A tensor that a recurrent layer keeps between calls, per image; it starts at zero."""

    name: str
    shape: Shape
