"""The registry of functions that decode a head into rows of boxes."""

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

    The function is called as `decode(spec, network, raw)`, with the shape of the network's input and the head's input
    as float32, N times its values in any shape. It returns (N, boxes, 5 + classes), see `darkcsp.decode.decode`, and
    does not change `raw`.

    Raises ValueError if the head already has a decoder, TypeError if the function has another signature.
    """

    def register(function: Decode[H]) -> Decode[H]:
        DECODERS.add(spec, cast(Decode[Head], function))  # looked up by the spec's class, so it gets no other
        return function

    return register


def decode_head(spec: Head, network: Shape, raw: Array) -> Array:
    """Decode one head. Raises UnsupportedLayerError if no decoder is registered for it."""
    return DECODERS[spec](spec, network, raw)
