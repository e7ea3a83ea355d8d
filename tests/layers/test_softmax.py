"""[softmax]: groups, temperature, trees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from darkcsp.errors import OptionError, UnsupportedLayerError
from darkcsp.graph import build_graph
from darkcsp.to_onnx import build_onnx
from tests.modules import network_of
from tests.networks import graph_of, weights_of
from tests.single import PICTURE, Numbers, close, conv, notices, run, section


def softmax(x: Numbers) -> Numbers:
    e = np.exp(x.astype(np.float64) - x.max(-1, keepdims=True))
    shares: Numbers = e / e.sum(-1, keepdims=True)
    return shares


@pytest.mark.parametrize(("groups", "temperature"), [(1, 1), (6, 1), (2, 0.3), (1, 5)])
def test_runs_of_the_flattened_input(groups: int, temperature: float) -> None:
    result = run(PICTURE + conv(2) + section("softmax", groups=groups, temperature=temperature))
    assert result.graph.layers[1].output == (84, 1, 1)
    want = softmax(result.outputs[0].reshape(2, groups, -1) / temperature)
    close(result.last.reshape(2, groups, -1), want)


def test_large_values_do_not_overflow() -> None:
    given = np.full((1, 3, 6, 7), 1e4, np.float32)
    close(run(PICTURE + "[soft]\n", given).last, np.full((1, 126, 1, 1), 1 / 126, np.float32))


def test_a_tree_gives_one_for_each_group_of_siblings(tmp_path: Path) -> None:
    file = tmp_path / "small.tree"
    file.write_text("a -1\nb -1\nc 0\nd 0\ne 0\nf 1\n")
    text = PICTURE + conv(6) + section("avgpool") + section("softmax", tree=file, temperature=0.5)
    result = run(text)
    logits = result.outputs[1].reshape(2, 6) / 0.5
    want = [softmax(logits[:, group]) for group in (slice(0, 2), slice(2, 5), slice(5, 6))]
    close(result.last.reshape(2, 6), np.concatenate(want, 1))


def test_a_tree_beside_the_cfg_is_found_and_a_missing_one_matters_only_in_use(tmp_path: Path) -> None:
    cfg = tmp_path / "x.cfg"
    cfg.write_text(PICTURE + conv(2) + section("avgpool") + section("softmax", tree="t.tree"))
    graph = build_graph(cfg)
    assert any("the file was not found" in notice.message for notice in graph.notices)
    torch = pytest.importorskip("torch")
    network = network_of(graph)
    with pytest.raises(UnsupportedLayerError, match=r"\[softmax\] cannot be expressed in PyTorch: tree=t\.tree"):
        network.layer_outputs(torch.rand(1, *graph.input))
    weights = weights_of(graph)
    with pytest.raises(UnsupportedLayerError, match=r"in ONNX: tree=t\.tree"):
        build_onnx(graph, weights)
    assert graph.raw_outputs == (1,)
    assert network(torch.rand(1, *graph.input))[0].shape == (1, 2, 1, 1)
    assert [output.name for output in build_onnx(graph, weights, head="raw").graph.output] == ["L001_avgpool"]
    (tmp_path / "t.tree").write_text("a -1\nb -1\n")
    graph = build_graph(cfg)
    assert graph.notices == ()
    network_of(graph)


def test_spatial_is_for_the_gpu() -> None:
    text = PICTURE + conv(2) + section("softmax", spatial=1)
    assert notices(text) == [
        "spatial=1: Darknet applies the softmax at each position only on a GPU; here it is ignored"
    ]
    assert notices(PICTURE + conv(2) + section("softmax", spatial=0, noloss=1)) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"groups": 5}, "groups=5: must divide the 84 values of the input"),
        ({"groups": 0}, "groups=0: must be 1 or more"),
        ({"temperature": 0}, "temperature=0: must not be 0"),
    ],
)
def test_impossible_options(options: dict[str, int], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        graph_of(PICTURE + conv(2) + section("softmax", **options))
