"""Which function turns what a head is given into rows of boxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from darkcsp.arrays import Array
from darkcsp.spec.handlers import Handlers
from darkcsp.spec.head import Head
from darkcsp.spec.shape import Shape

H = TypeVar("H", bound=Head)
Decode = Callable[[H, Shape, Array], Array]

DECODERS: Handlers[Decode[Head]] = Handlers("NumPy", "no decoder is written for {}", "spec", "network", "raw")


def decodes(spec: type[H]) -> Callable[[Decode[H]], Decode[H]]:
    """Register the function that decodes a head (decorator).

    It is called as `decode(spec, network, raw)` with the shape of the network's input and what the head is given: N
    times its values as float32, in any shape. It returns (N, boxes, 5 + classes), see `darkcsp.decode.decode`, and
    leaves `raw` as it is.

    Raises ValueError where there is one already, TypeError where it takes anything else.
    """

    def register(function: Decode[H]) -> Decode[H]:
        DECODERS.add(spec, cast(Decode[Head], function))  # found by the spec's class, so that it is given no other
        return function

    return register


def decode_head(spec: Head, network: Shape, raw: Array) -> Array:
    """Decode one head. Raises UnsupportedLayerError where nothing is registered for it."""
    return DECODERS[spec](spec, network, raw)
