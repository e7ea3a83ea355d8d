"""What objects say of themselves: one short line, and a small table in notebooks."""

from __future__ import annotations

import warnings
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import darkcsp
from darkcsp.description import Described, html_table
from darkcsp.detect import Classifier, Detections, Detector
from darkcsp.graph import Graph
from darkcsp.modelfile import ExportOptions
from darkcsp.modelfile.metadata import Metadata
from tests.detect.stub import Stub
from tests.networks import CLASSIFIER, DETECTOR, write_files
from tests.reference import UPSTREAM

HOSTILE = "<img src=x onerror=alert(1)>&\x1b[2J\u202e"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Cells(HTMLParser):
    """The texts of a table's cells; any tag that is none of a table's fails."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"table", "thead", "tbody", "tr", "th", "td"} and not attrs

    def handle_data(self, data: str) -> None:
        self.cells.append(data)


def _opened(graph: Graph, names: tuple[str, ...]) -> Stub:
    return Stub(Metadata.of_graph(graph, ExportOptions(names=names)), np.zeros((1, 7), np.float32))


def test_a_graph_is_a_line() -> None:
    cfg, _ = write_files(Path(), DETECTOR)
    graph = darkcsp.build_graph(cfg)
    assert repr(graph) == (
        f"Graph(cfg={str(cfg)!r}, input=(3, 32, 32), layers=11, heads=['L005_yolo', 'L010_yolo'], classes=2, "
        f"parameters={graph.parameters}, bflops={graph.flops / 1e9:.6g})"
    )
    assert Cells(graph._repr_html_()).cells[:3] == ["Graph", "cfg", str(cfg)]
    assert f"{graph.parameters:,}" in Cells(graph._repr_html_()).cells


def test_a_classifiers_graph_has_no_heads() -> None:
    assert "heads" not in repr(darkcsp.build_graph(write_files(Path(), CLASSIFIER)[0]))


def test_a_cfg_is_a_line_and_its_text_stays_its_text() -> None:
    path, _ = write_files(Path(), DETECTOR)
    cfg = darkcsp.read_cfg(path)
    assert repr(cfg) == f"Cfg(path={str(path)!r}, sections=12, notices=0)"
    assert str(cfg) == path.read_text()


def test_weights_are_a_line_that_reads_no_array() -> None:
    cfg, path = write_files(Path(), DETECTOR)
    weights = darkcsp.read_weights(path, darkcsp.build_graph(cfg))
    path.write_bytes(b"")  # an array that is read now is none
    assert repr(weights) == f"Weights(path={str(path)!r}, layers_loaded=4, layers_total=4, version='0.2.5', seen=64)"
    assert "64" in Cells(weights._repr_html_()).cells


def test_a_network_is_a_line_and_so_is_a_module_that_holds_it() -> None:
    torch = pytest.importorskip("torch")
    cfg, weights = write_files(Path(), DETECTOR)
    network = darkcsp.load(cfg, weights)
    network.layers["L000_convolutional"].requires_grad_(False)
    line = repr(network)
    every = sum(parameter.numel() for parameter in network.parameters())
    frozen = sum(parameter.numel() for parameter in network.layers["L000_convolutional"].parameters())
    assert line.startswith(
        f"Network(cfg={str(cfg)!r}, input=(3, 32, 32), layers=11, heads=['L005_yolo', 'L010_yolo'], "
    )
    assert f"parameters={every}, trainable={every - frozen}, dtype='torch.float32', device='cpu')" in line
    assert repr(torch.nn.Sequential(network)).splitlines() == ["Sequential(", f"  (0): {line}", ")"]
    assert "torch.float32" in Cells(network._repr_html_()).cells


def test_a_detector_and_a_classifier_are_lines() -> None:
    detector = Detector(_opened(darkcsp.build_graph(write_files(Path(), DETECTOR)[0]), ("cat", "dog")))
    assert repr(detector) == (
        "Detector(model='stub.onnx', runtime='stub', input=(3, 32, 32), precision='fp32', heads=['yolo', 'yolo'], "
        "classes=2, names=True, threshold=0.25, nms=0.45, resize='stretch')"
    )
    classifier = Classifier(_opened(darkcsp.build_graph(write_files(Path(), CLASSIFIER)[0]), ()))
    assert repr(classifier).startswith("Classifier(model='stub.onnx', runtime='stub', input=(3, ")
    assert repr(classifier).endswith("precision='fp32', names=False, top=5)")
    for opened in (detector, classifier):
        assert "stub.onnx" in Cells(opened._repr_html_()).cells


def test_detections_are_the_most_certain_boxes_and_a_count() -> None:
    boxes = np.arange(48, dtype=np.float32).reshape(12, 4)
    found = Detections(boxes, np.linspace(1, 0.45, 12, dtype=np.float32), np.arange(12), ("dog",) + ("9",) * 11)
    assert repr(found[:2]) == "Detections(2 boxes, dog: 100%, 9: 95%)"
    assert repr(found).endswith(", 9: 55%, and 2 more)")
    assert repr(Detections.empty()) == "Detections(0 boxes)"
    cells = Cells(found._repr_html_()).cells
    assert cells[:7] == ["name", "confidence", "left", "top", "right", "bottom", "dog"]
    assert cells[-1] == "and 2 more" and cells.count("9") == 9


def test_texts_from_files_are_no_markup() -> None:
    found = Detections(np.zeros((1, 4), np.float32), np.ones(1, np.float32), np.zeros(1, np.int64), (HOSTILE * 1000,))
    cfg = darkcsp.Cfg(HOSTILE * 1000, "", ())
    for item in (found, cfg):
        assert isinstance(item, Detections | Described)
        assert repr(item).isprintable() and len(repr(item)) < 300
        texts = "".join(Cells(item._repr_html_()).cells)
        assert "<img src=x onerror=alert(1)>&\\x1b[2J\\u202e" in texts
        assert len(texts) < 1000
    assert Cells(html_table(("<b>",), [("<i>",)])).cells == ["<b>", "<i>"]


@pytest.mark.skipif(not UPSTREAM.exists(), reason="the authors' cfgs are not beside this repository")
def test_every_one_of_the_authors_networks_is_a_line() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in sorted((UPSTREAM / "AlexeyAB/darknet/cfg").glob("yolov4*.cfg")):
            graph = darkcsp.build_graph(path)
            assert len(repr(graph)) < 300 and len(repr(graph.cfg)) < 200
