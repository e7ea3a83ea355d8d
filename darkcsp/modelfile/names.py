"""Names of a model's inputs and outputs."""

from __future__ import annotations

from darkcsp.graph.graph import Graph
from darkcsp.modelfile.forms import HeadForm
from darkcsp.spec import Spec, StateSpec

IMAGES = "images"
"""The input that takes pictures."""

DETECTIONS = "detections"
"""The output of head "decoded"."""

BOXES = "boxes"
"""The output of head "nms", and its open dimension."""

BATCH = "batch"
"""The open dimension of a model that takes any number of pictures."""

HEIGHT, WIDTH, ROWS = "height", "width", "rows"
"""The open dimensions of a model that takes pictures of any size; those of outputs follow the output's name."""

_TAP, _STATE, _NEXT = "layer_", "state_", "next_"


def tap_name(index: int) -> str:
    """Return the name of a layer's output in a model with taps: `layer_012`."""
    return f"{_TAP}{index:03d}"


def is_tap(output: str) -> bool:
    """Return whether an output is a layer's, added by taps."""
    return output.startswith(_TAP)


def state_name(spec: Spec, state: StateSpec) -> str:
    """Return the name of the input that takes a recurrent layer's state: `state_L001_rnn.hidden`."""
    return f"{_STATE}{spec.label}.{state.name}"


def next_state_name(state: str) -> str:
    """Return the name of the output with the new state, given the name of the input."""
    return f"{_NEXT}{state}"


def is_next_state(output: str) -> bool:
    """Return whether an output is a recurrent layer's new state."""
    return output.startswith(_NEXT + _STATE)


def raw_output_name(graph: Graph, index: int) -> str:
    """Return the name of a head's input: the label of the layer that makes it, or `input` for -1."""
    return graph.layers[index].label if index >= 0 else "input"


def output_names(graph: Graph, head: HeadForm) -> tuple[str, ...]:
    """Return the names of a model's outputs, without states and taps, for the forms "raw", "decoded" and "nms"."""
    if head == "raw":
        return tuple(raw_output_name(graph, index) for index in graph.raw_outputs)
    if not graph.heads:
        return (graph.output.output_name,)
    return (BOXES,) if head == "nms" else (DETECTIONS,)
