"""How each spec becomes ONNX nodes, and how each head's raw output becomes detections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar, cast

from darkcsp.spec.handlers import Handlers
from darkcsp.spec.head import Head
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.weightfile.weights import Blobs


class Lowered(NamedTuple):
    """Names of the tensors, (N, c, h, w) each, that a layer's nodes leave.

    Attributes:
        handed: what the layer hands down to the section below, of the spec's `output_to_next`.
        buffer: what references see, of the spec's `output`; None where that is the same.
        states: what it carries to the next call, in the order of the spec's `states`.
    """

    handed: str
    buffer: str | None = None
    states: tuple[str, ...] = ()


S = TypeVar("S", bound=Spec)
H = TypeVar("H", bound=Head)
Inputs = ParamSpec("Inputs")
Lower = Callable[Concatenate[S, Blobs, Emitter, Inputs], Lowered]
Decode = Callable[[H, Shape, Emitter, str], str]

LOWERINGS: Handlers[Lower[Spec, ...]] = Handlers(
    "ONNX", "no nodes are written for {}", "spec", "blobs", "emit", "*inputs"
)
DECODERS: Handlers[Decode[Head]] = Handlers(
    "ONNX", "{} has no decoder; use head='raw'", "spec", "network", "emit", "raw"
)


def lowers(spec: type[S]) -> Callable[[Lower[S, Inputs]], Lower[S, Inputs]]:
    """Register the function that writes a spec's nodes (decorator).

    It is called as `lower(spec, blobs, emit, *inputs)`: blobs are the layer's arrays by blob name, inputs the names of
    the sources' tensors, (N, c, h, w) each, followed by those of its states.

    Raises ValueError where there is one already, TypeError where it takes anything else.
    """

    def register(function: Lower[S, Inputs]) -> Lower[S, Inputs]:
        LOWERINGS.add(spec, cast(Lower[Spec, ...], function))  # found by the spec's class, so that it is given no other
        return function

    return register


def decodes(spec: type[H]) -> Callable[[Decode[H]], Decode[H]]:
    """Register the function that turns a head's input into detections (decorator).

    It is called as `decode(spec, network, emit, raw)` with the shape of the network's input and the name of the tensor
    that the head is given; it returns the name of (N, boxes, 5 + classes): cx, cy, w, h relative to the input,
    objectness, class probabilities times objectness.

    Raises ValueError where there is one already, TypeError where it takes anything else.
    """

    def register(function: Decode[H]) -> Decode[H]:
        DECODERS.add(spec, cast(Decode[Head], function))
        return function

    return register


def lower(spec: Spec, blobs: Blobs, emit: Emitter, *inputs: str) -> Lowered:
    """Write a spec's nodes. Raises UnsupportedLayerError where nothing is registered for it."""
    return LOWERINGS[spec](spec, blobs, emit, *inputs)


def decode(spec: Head, network: Shape, emit: Emitter, raw: str) -> str:
    """Write a head's decoding. Raises UnsupportedLayerError where nothing is registered for it."""
    return DECODERS[spec](spec, network, emit, raw)
