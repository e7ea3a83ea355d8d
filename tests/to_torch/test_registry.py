"""Which module a spec becomes, and what modules return."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from darkcsp.errors import UnsupportedLayerError
from darkcsp.layers import Spec
from darkcsp.layers.cost import Cost
from darkcsp.to_torch import Network
from darkcsp.to_torch.registry import LayerModule, LayerResult, build_module, builds
from tests.networks import graph_of, weights_of
from tests.single import PICTURE, conv, section
from tests.toy import TOY, Wooden

BLURRED = PICTURE + conv(4, stride=2, antialiasing=1) + conv(2, size=1) + section("dropout")
RECURRENT = PICTURE + section("crnn", pad=1, output=4, hidden=2) + section("avgpool")


class Module(LayerModule):
    def __init__(self, spec: Spec, more: int) -> None:
        super().__init__()


def test_a_spec_without_a_module_is_told() -> None:
    with pytest.raises(UnsupportedLayerError, match=r"x\.cfg:7: \[toy\] .* PyTorch: no module is written for Toy"):
        build_module(TOY)


def test_builders_are_checked_when_they_register() -> None:
    with pytest.raises(ValueError, match=r"Cost has two handlers: darkcsp\.to_torch\.layers\.cost\.CostModule and "):
        builds(Cost)(Module)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"\.Module takes \(spec, more\); expected \(spec\)"):
        builds(Wooden)(Module)  # type: ignore[arg-type]


def test_a_blur_leaves_a_buffer_and_hands_down_another_tensor() -> None:
    network = Network(graph_of(BLURRED)).eval()
    result = network.module(0)(torch.rand(1, 3, 6, 7))
    assert isinstance(result, LayerResult)
    assert result.buffer is not None
    assert (result.handed.shape, result.buffer.shape, result.states) == ((1, 4, 3, 4), (1, 4, 6, 7), ())


def test_a_recurrent_layer_leaves_its_states() -> None:
    network = Network(graph_of(RECURRENT)).eval()
    result = network.module(0)(torch.rand(1, 3, 6, 7), torch.zeros(1, 2, 6, 7))
    assert isinstance(result, LayerResult)
    assert (result.handed.shape, result.buffer) == ((1, 4, 6, 7), None)
    assert [state.shape for state in result.states] == [(1, 2, 6, 7)]


@pytest.mark.parametrize("text", [BLURRED, RECURRENT])
def test_networks_can_be_exported_whatever_their_layers_return(text: str) -> None:
    graph = graph_of(text)
    network = Network(graph, weights_of(graph)).eval()
    x = torch.rand(1, 3, 6, 7)
    with torch.no_grad():
        (want,) = network(x)
        network.reset_state()
        (got,) = torch.export.export(network, (x,)).module()(x)
    torch.testing.assert_close(got, want, rtol=0, atol=0)
