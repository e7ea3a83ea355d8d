"""How each spec becomes ONNX nodes, and how each head's raw output becomes detections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from darkcsp.errors import UnsupportedLayerError
from darkcsp.spec.spec import Spec
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.weightfile.weights import Blobs

Lowering = Callable[..., Any]
Function = TypeVar("Function", bound=Callable[..., Any])

_LOWERINGS: dict[type[Spec], Lowering] = {}
_DECODERS: dict[type[Spec], Lowering] = {}


def lowers(spec: type[Spec]) -> Callable[[Function], Function]:
    """Register the function that writes a spec's nodes (decorator).

    It is called as `lower(spec, blobs, emit, *inputs)`: blobs are the layer's arrays by blob name, inputs the names of
    the sources' tensors, (N, c, h, w) each. It returns the name of the output, (N, c, h, w) of `spec.output`; a spec
    whose `output_to_next` differs returns the pair (buffer, handed down). For a recurrent spec the names of its state
    tensors follow the sources, and those of the new state follow the output.
    """
    return _register(_LOWERINGS, spec)


def decodes(spec: type[Spec]) -> Callable[[Function], Function]:
    """Register the function that turns a head's input into detections (decorator).

    It is called as `decode(spec, graph_input, emit, raw)` with the network's input shape and the name of the tensor
    that the head is given; it returns the name of (N, boxes, 5 + classes): cx, cy, w, h relative to the input,
    objectness, class probabilities times objectness.
    """
    return _register(_DECODERS, spec)


def _register(registry: dict[type[Spec], Lowering], spec: type[Spec]) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        if spec in registry:
            raise ValueError(f"{spec.__name__} is registered twice")
        registry[spec] = function
        return function

    return register


def lower(spec: Spec, blobs: Blobs, emit: Emitter, *inputs: str) -> Any:
    """Write a spec's nodes. Raises UnsupportedLayerError where nothing is registered for it."""
    function = _LOWERINGS.get(type(spec))
    if function is None:
        raise UnsupportedLayerError(spec.place, "ONNX", f"no nodes are written for {type(spec).__name__}")
    return function(spec, blobs, emit, *inputs)


def decoder(spec: Spec) -> Lowering:
    """Return the decoder of a head. Raises UnsupportedLayerError where there is none."""
    function = _DECODERS.get(type(spec))
    if function is None:
        raise UnsupportedLayerError(spec.place, "ONNX", f"{type(spec).__name__} has no decoder; use head='raw'")
    return function


def supported() -> frozenset[type[Spec]]:
    """Spec classes that have nodes."""
    return frozenset(_LOWERINGS)


def decodable() -> frozenset[type[Spec]]:
    """Heads that have a decoder."""
    return frozenset(_DECODERS)
