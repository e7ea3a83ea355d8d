"""What a layer keeps beside its options: parameters in a `.weights` file, and state from call to call."""

from __future__ import annotations

from math import prod
from typing import Literal, NamedTuple

from darkcsp.spec.shape import Shape

Layout = Literal["plain", "flipped", "by_header"]
"""How a file orders a blob: as its shape, always transposed, or transposed where the header says so."""


class Blob(NamedTuple):
    """One array of parameters in a `.weights` file.

    Attributes:
        name: Darknet's word: biases, scales, means, variances, weights; sublayers as in `input.weights`.
        shape: the array's shape in darkcsp (torch's order for weights).
        layout: how the file orders it. "plain": as `shape`; "flipped": always transposed (option flipped=1);
            "by_header": transposed where the file's header says so (Darknet before 2015).
    """

    name: str
    shape: tuple[int, ...]
    layout: Layout = "plain"

    @property
    def size(self) -> int:
        """Number of float32 values."""
        return prod(self.shape)


class StateSpec(NamedTuple):
    """One tensor that a recurrent layer carries from call to call, per image; it starts at zero."""

    name: str
    shape: Shape
