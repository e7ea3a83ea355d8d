"""`Network.decoded()` gives what the ONNX file with decoded heads gives."""

from __future__ import annotations

import copy
import io
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from darkcsp.decode import decode
from darkcsp.errors import ModelError, UnsupportedLayerError
from darkcsp.graph import Graph, build_graph
from darkcsp.graph.resizing import resized
from darkcsp.spec.program import Dialect
from darkcsp.to_onnx import build_onnx
from darkcsp.to_torch import DecodedNetwork, Network
from tests.heads import HEADS, head_cfg, write_head_cfg
from tests.networks import CLASSIFIER, DETECTOR, graph_of, weights_of
from tests.running import run_model
from tests.single import section, their_conv

THEIRS = (
    "[net]\nwidth=64\nheight=32\nchannels=3\n\n"
    + their_conv(21, stride=8)
    + section("yolo", mask="0,1,2", anchors="10,13, 16,30, 33,23", classes=2, num=3)
)


def holds_to_onnx(graph: Graph, module: DecodedNetwork) -> None:
    batch = np.random.default_rng(0).random((2, *graph.input), np.float32)
    (wanted,) = run_model(build_onnx(graph, weights_of(graph), batch=None), images=batch).values()
    with torch.inference_mode():
        found = module(torch.from_numpy(batch))
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-4, atol=1e-5)


def decoded(graph: Graph) -> DecodedNetwork:
    return Network(graph, weights_of(graph)).eval().decoded()


@pytest.mark.parametrize("kind", HEADS)
def test_every_head_is_decoded_as_in_onnx(kind: str, tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg(kind, tmp_path))
    holds_to_onnx(graph, decoded(graph))


@pytest.mark.parametrize("dialect", ["wongkinyiu", "wongkinyiu-u3"])
def test_their_heads_are_decoded_as_in_onnx(dialect: Dialect) -> None:
    graph = graph_of(THEIRS, dialect=dialect)
    holds_to_onnx(graph, decoded(graph))


@pytest.mark.parametrize("text", [DETECTOR, CLASSIFIER])
def test_networks_give_what_their_files_give(text: str) -> None:
    graph = graph_of(text)
    holds_to_onnx(graph, decoded(graph))


def test_classifiers_that_end_in_a_picture_keep_it() -> None:
    graph = graph_of(CLASSIFIER.split("[avgpool]")[0])
    holds_to_onnx(graph, decoded(graph))


@pytest.mark.parametrize("kind", [kind for kind in HEADS if not kind.startswith("detection")])
def test_another_size_is_decoded_for_that_size(kind: str, tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg(kind, tmp_path))
    module = decoded(graph)
    holds_to_onnx(resized(graph, (88, 56)), module)


def test_it_holds_the_network_itself() -> None:
    graph = graph_of(DETECTOR)
    network = Network(graph, weights_of(graph)).eval()
    module, x = network.decoded(), torch.rand(1, 3, 32, 32)
    before = module(x)
    with torch.no_grad():
        network.module(4).blobs()["biases"].add_(1)
    assert module.network is network
    assert not torch.equal(module(x), before)
    module(x).sum().backward()
    assert next(network.parameters()).grad is not None
    assert [name for name in module.state_dict() if not name.startswith("network.")] == []


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.filterwarnings("ignore:`torch.jit.trace", "ignore:Encountering a list at the output of the tracer")
def test_compilers_take_it(kind: str, tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg(kind, tmp_path))
    module, x = decoded(graph), torch.rand(2, *graph.input)
    torch.compiler.reset()
    with torch.inference_mode():
        wanted = module(x)
        torch.testing.assert_close(torch.compile(module, backend="eager", fullgraph=True)(x), wanted)
        torch.testing.assert_close(torch.export.export(module, (x,)).module()(x), wanted)
        traced = torch.jit.trace(module, x)  # type: ignore[no-untyped-call]
        torch.testing.assert_close(traced(x), wanted)


def test_an_exported_module_can_leave_batch_and_size_open() -> None:
    graph = graph_of(DETECTOR)
    module = decoded(graph)
    batch, across, down = (torch.export.Dim(name, min=1, max=16) for name in ("batch", "across", "down"))
    shapes = ({0: batch, 2: 4 * down, 3: 4 * across},)
    exported = torch.export.export(module, (torch.rand(2, 3, 32, 32),), dynamic_shapes=shapes).module()
    x = torch.rand(3, 3, 64, 48)
    torch.testing.assert_close(exported(x), module(x))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_small_types_are_decoded_in_float32(dtype: torch.dtype) -> None:
    graph = graph_of(DETECTOR)
    module = decoded(graph)
    x = torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        raw = copy.deepcopy(module.network).to(dtype)(x.to(dtype))
        found = copy.deepcopy(module).to(dtype)(x.to(dtype))
    assert found.dtype == torch.float32
    wanted = decode(graph, [tensor.float().numpy() for tensor in raw])
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-4, atol=1e-5)


def test_it_is_copied_and_pickled() -> None:
    module = decoded(graph_of(DETECTOR))
    x, file = torch.rand(1, 3, 32, 32), io.BytesIO()
    torch.save(module, file)
    file.seek(0)
    for other in (copy.deepcopy(module), torch.load(file, weights_only=False)):
        torch.testing.assert_close(other(x), module(x), rtol=0, atol=0)


def test_heads_that_have_no_common_form_are_told() -> None:
    uneven = DETECTOR.replace("filters=7", "filters=8").replace("classes=2\nscale_x_y", "classes=3\nscale_x_y")
    with pytest.raises(ModelError, match="heads with 2 and 3 classes have no common output"):
        Network(graph_of(uneven)).decoded()
    with pytest.raises(UnsupportedLayerError, match=r"PyTorch: tree=data/small.tree was not found"):
        Network(graph_of(head_cfg("region_tree"))).decoded()
