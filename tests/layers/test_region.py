"""[region]: shapes, what each program reads, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from darkcsp.errors import CfgError, GraphError, OptionError, UnsupportedLayerError
from darkcsp.graph import Graph, build_graph
from darkcsp.layers.region import Region
from darkcsp.to_torch import Network
from tests.heads import head_cfg, write_head_cfg
from tests.networks import graph_of


def region_of(graph: Graph) -> Region:
    (head,) = graph.heads
    assert isinstance(head, Region)
    return head


def test_shape_boxes_and_metadata() -> None:
    head = region_of(graph_of(head_cfg("region")))
    assert head.output == (24, 3, 5)
    assert head.boxes == 45
    assert head.type == "region"
    assert head.blobs == ()
    assert head.metadata["anchors"] == ((1.1, 1.2), (3.4, 4.4), (6.6, 11.4))
    assert head.nms == ("default", 0.6)


def test_missing_anchors_are_half_a_cell() -> None:
    text = head_cfg("region").replace("anchors=1.1,1.2, 3.4,4.4, 6.6,11.4", "anchors=2,3")
    assert region_of(graph_of(text)).anchors == ((2, 3), (0.5, 0.5), (0.5, 0.5))


def test_background_is_for_pjreddies_program_alone() -> None:
    by_fork = graph_of(head_cfg("region") + "background=1\n")
    assert not region_of(by_fork).background
    assert any("no option background" in notice.message for notice in by_fork.notices)
    by_original = graph_of(head_cfg("region_background"))
    assert by_original.program.author == "pjreddie"
    assert region_of(by_original).background


def test_class_fixing_matters_to_the_fork_alone() -> None:
    assert region_of(graph_of(head_cfg("region_linear"))).drops_doubtful
    assert not region_of(graph_of(head_cfg("region_mask") + "classfix=-1\n")).drops_doubtful


def test_channels_must_fit() -> None:
    with pytest.raises(
        GraphError, match=r"x.cfg:12: \[region\] 3 boxes of 8 values need 24 channels, but the layer above has 23"
    ):
        graph_of(head_cfg("region").replace("filters=24", "filters=23"))


def test_fewer_than_four_coordinates_are_refused() -> None:
    with pytest.raises(OptionError, match="coords=3: must be 4 or more"):
        graph_of(head_cfg("region").replace("coords=4", "coords=3"))


def test_a_tree_stands_beside_the_folder_of_the_cfg(tmp_path: Path) -> None:
    head = region_of(build_graph(write_head_cfg("region_tree", tmp_path)))
    assert head.tree
    assert head.tree.tree
    assert head.tree.tree.names[4] == "terrier"


def test_a_missing_tree_is_a_notice_until_it_is_needed() -> None:
    graph = graph_of(head_cfg("region_tree"))
    assert [notice.place.line for notice in graph.notices if "not found" in notice.message] == [17]
    network = Network(graph)
    batch = torch.zeros(1, 3, 24, 40)
    (raw,) = network(batch)
    assert raw.shape == (1, 28, 3, 5)
    with pytest.raises(UnsupportedLayerError, match=r"PyTorch: tree=data/small.tree was not found"):
        network.layer_outputs(batch)


def test_a_tree_of_another_size_is_refused(tmp_path: Path) -> None:
    cfg = write_head_cfg("region_tree", tmp_path)
    cfg.write_text(cfg.read_text().replace("classes=9", "classes=8").replace("filters=28", "filters=26"))
    with pytest.raises(CfgError, match=r"tree=data/small.tree: .* has 9 classes, but the section has classes=8"):
        build_graph(cfg)


def test_the_fork_turns_the_order_and_pjreddies_program_does_not() -> None:
    torch.manual_seed(0)
    raw = torch.randn(2, 24, 3, 5)
    outputs = {}
    for kind in ("region", "region_mask"):
        spec = region_of(graph_of(head_cfg(kind)))
        x = raw if kind == "region" else torch.randn(2, 27, 3, 5)
        outputs[kind] = (x, Network(graph_of(head_cfg(kind))).module(spec.index)(x))
    x, rows = outputs["region"]
    rows = rows.reshape(2, 15, 3, 8)
    np.testing.assert_array_equal(rows[1, 7, 2, :4], x[1, 16:20, 1, 2])
    np.testing.assert_allclose(rows[..., 5:].sum(-1), 1, rtol=1e-6)
    x, planes = outputs["region_mask"]
    planes, x = planes.reshape(2, 3, 9, 3, 5), x.reshape(2, 3, 9, 3, 5)
    np.testing.assert_array_equal(planes[:, :, 2:6], x[:, :, 2:6])
    np.testing.assert_allclose(planes[:, :, [0, 1, 6, 7, 8]], torch.sigmoid(x[:, :, [0, 1, 6, 7, 8]]), rtol=1e-6)


def test_a_tree_has_a_softmax_for_each_group(tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg("region_tree", tmp_path))
    spec = region_of(graph)
    torch.manual_seed(0)
    rows = Network(graph).module(spec.index)(torch.randn(1, 28, 3, 5)).reshape(15, 2, 14)[..., 5:]
    assert spec.tree
    assert spec.tree.tree
    for group in spec.tree.tree.groups:
        np.testing.assert_allclose(rows[..., list(group)].sum(-1), 1, rtol=1e-6)
