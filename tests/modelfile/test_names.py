"""Names of inputs and outputs are what models have."""

from __future__ import annotations

import pytest

from darkcsp.modelfile import ExportOptions, HeadForm, names
from darkcsp.to_onnx import build_onnx
from darkcsp.weightfile import parse_weights
from tests.networks import CLASSIFIER, DETECTOR, graph_of, weights_bytes

RNN = "[net]\ninputs=4\n\n[rnn]\noutput=3\nhidden=5\nactivation=tanh\n"


@pytest.mark.parametrize("text", [DETECTOR, CLASSIFIER, CLASSIFIER.replace("[softmax]", "[dropout]")])
@pytest.mark.parametrize("head", ["raw", "decoded", "nms"])
def test_outputs(text: str, head: HeadForm) -> None:
    graph = graph_of(text)
    model = build_onnx(graph, parse_weights(weights_bytes(graph), graph), head=head)
    assert tuple(output.name for output in model.graph.output) == names.output_names(graph, head)
    assert [item.name for item in model.graph.input] == [names.IMAGES]


def test_states_and_taps() -> None:
    graph = graph_of(RNN)
    options = ExportOptions(taps=[0])
    model = build_onnx(graph, parse_weights(weights_bytes(graph), graph), options)
    (spec,) = graph.layers
    states = [names.state_name(spec, state) for state in spec.states]
    assert states == ["state_L000_rnn.hidden"]
    assert [item.name for item in model.graph.input] == ["images", *states]
    outputs = [output.name for output in model.graph.output]
    assert [name for name in outputs if names.is_tap(name)] == [names.tap_name(0)] == ["layer_000"]
    assert [name for name in outputs if names.is_next_state(name)] == [names.next_state_name(name) for name in states]
    assert not any(names.is_next_state(name) or names.is_tap(name) for name in states)
