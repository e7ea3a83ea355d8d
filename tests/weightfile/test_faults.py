"""Numbers that no training gives are named by layer and blob, whoever reads or writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from darkcsp.checkpoint import read_parameters
from darkcsp.errors import CfgWarning, WeightsError
from darkcsp.graph import Graph
from darkcsp.to_onnx import build_onnx, convert
from darkcsp.weightfile import Weights, parse_weights, read_weights, write_weights
from darkcsp.weightfile.faults import PIECE
from tests.networks import graph_of, weights_bytes, weights_of
from tests.reference import Array
from tests.single import conv

TEXT = "[net]\nwidth=8\nheight=8\nchannels=3\n" + conv(32, batch_normalize=1) + conv(4)
NAN, INFINITE = float("nan"), float("inf")


@pytest.fixture
def graph() -> Graph:
    return graph_of(TEXT)


def broken(graph: Graph, layer: int, blob: str, *values: float) -> Weights:
    weights = weights_of(graph)
    array = weights[layer][blob].copy()
    array.reshape(-1)[-len(values) :] = values
    return Weights({**weights, layer: {**weights[layer], blob: array}}, path="x.weights", layers_total=2)


def file_of(graph: Graph, weights: Weights, path: Path) -> Path:
    with pytest.warns(CfgWarning):
        write_weights(path, weights, graph)
    return path


CASES = [
    (0, "weights", (NAN, INFINITE, -INFINITE), "layer 0 [convolutional]: 3 of 864 weights are not finite numbers"),
    (1, "biases", (NAN,), "layer 1 [convolutional]: 1 of 4 biases is not a finite number (NaN or infinity)"),
    (0, "variances", (-1.0, -7e-44, -1e-5), "layer 0 [convolutional]: 2 of 32 variances are negative"),
]


@pytest.mark.parametrize(("layer", "blob", "values", "message"), CASES)
def test_everyone_says_which_numbers_are_none(
    layer: int, blob: str, values: tuple[float, ...], message: str, graph: Graph, tmp_path: Path
) -> None:
    weights = broken(graph, layer, blob, *values)
    with pytest.warns(CfgWarning) as told:
        write_weights(tmp_path / "x.weights", weights, graph)
    assert [str(item.message).startswith(f"{tmp_path}/x.weights: {message}") for item in told] == [True]
    with pytest.warns(CfgWarning, match="layer"):
        build_onnx(graph, weights)
    read = read_weights(tmp_path / "x.weights", graph)
    (fault,) = read.faults
    assert (fault.layer, fault.blob, fault.number) == (layer, blob, int(message.split()[3]))
    assert [message in str(notice) for notice in read.notices] == [True]
    assert parse_weights((tmp_path / "x.weights").read_bytes(), graph).faults == read.faults
    with pytest.raises(WeightsError) as error:
        read_parameters(tmp_path / "x.weights", graph, strict=True)
    assert message in str(error.value)
    (tmp_path / "x.cfg").write_text(TEXT)
    with pytest.warns(CfgWarning) as told:
        convert(tmp_path / "x.cfg", tmp_path / "x.weights")
    assert [message in str(item.message) for item in told] == [True]
    with pytest.raises(WeightsError, match="layer"):
        convert(tmp_path / "x.cfg", tmp_path / "x.weights", tmp_path / "y.onnx", strict=True)
    assert not (tmp_path / "y.onnx").exists()


def test_a_file_without_any_says_nothing(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "x.weights").write_bytes(weights_bytes(graph))
    assert read_parameters(tmp_path / "x.weights", graph, strict=True).notices == ()
    huge = broken(graph, 0, "weights", 3e38, -3e38, 1e-45)
    write_weights(tmp_path / "y.weights", huge, graph)
    assert read_weights(tmp_path / "y.weights", graph).notices == ()


def test_many_are_counted_in_a_few_lines(tmp_path: Path) -> None:
    graph = graph_of("[net]\nwidth=8\nheight=8\nchannels=3\n" + 20 * conv(3))
    values = np.full(graph.parameters, np.nan, np.float32)
    notices = parse_weights(weights_bytes(graph)[:20] + values.tobytes(), graph, "x.weights").notices
    assert len(notices) == 5
    assert str(notices[-1]) == "x.weights: 1512 more such values in 18 layers up to 19"


@pytest.mark.parametrize("rows", [1, 64, 200, None])
def test_every_number_is_looked_at_whatever_was_read_before(rows: int | None, tmp_path: Path) -> None:
    graph = graph_of("[net]\nwidth=8\nheight=8\nchannels=256\n" + conv(256))
    size = graph.layers[0].blobs[1].size
    assert size > 2 * PIECE
    places = (0, PIECE - 1, PIECE, size - 1)
    values = np.zeros(graph.parameters, np.float32)
    values[-size:][list(places)] = np.nan
    (tmp_path / "x.weights").write_bytes(weights_bytes(graph)[:20] + values.tobytes())
    weights = read_weights(tmp_path / "x.weights", graph)
    if rows is not None:
        from darkcsp.weightfile.weights import rows_of

        for start in range(0, 256, rows):
            rows_of(weights[0], "weights", slice(start, start + rows))
            rows_of(weights[0], "weights", slice(start + 7, start + 9))
    assert [fault.number for fault in weights.faults] == [len(places)]
    looked: Array = weights[0]["weights"]
    assert np.isnan(looked).sum() == len(places)
    assert [fault.number for fault in weights.faults] == [len(places)]
