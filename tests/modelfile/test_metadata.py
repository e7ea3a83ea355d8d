"""What a model file says of itself is what the graph says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from darkcsp.errors import ModelError
from darkcsp.graph import build_graph
from darkcsp.modelfile import ExportOptions
from darkcsp.modelfile.class_names import classes_of
from darkcsp.modelfile.metadata import HeadInfo, Metadata
from darkcsp.modelfile.options import Suppression
from darkcsp.spec.program import SEMANTICS, Program, Semantics
from darkcsp.to_onnx import build_onnx
from tests.heads import HEADS, write_head_cfg
from tests.networks import CLASSIFIER, DETECTOR, graph_of, weights_of


def _properties(text: str, names: list[str] | None = None) -> dict[str, str]:
    graph = graph_of(text)
    model = build_onnx(graph, weights_of(graph), names=names or [])
    return {item.key: item.value for item in model.metadata_props}


@pytest.mark.parametrize("text", [DETECTOR, CLASSIFIER, DETECTOR.replace("channels=3", "channels=3\nletter_box=1")])
def test_file_and_graph_agree(text: str) -> None:
    names = [f"class {number}" for number in range(classes_of(graph_of(text)) or 0)]
    assert Metadata.from_properties(_properties(text, names), "x.onnx") == Metadata.of_graph(
        graph_of(text), ExportOptions(names=names)
    )


@pytest.mark.parametrize("kind", HEADS)
def test_heads_agree(kind: str, tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg(kind, tmp_path))
    model = build_onnx(graph, weights_of(graph), head="raw")
    properties = {item.key: item.value for item in model.metadata_props}
    metadata = Metadata.from_properties(properties, "x.onnx")
    assert metadata == Metadata.of_graph(graph, ExportOptions(head="raw"))
    assert metadata.heads[0].tree == (kind == "region_tree")


@pytest.mark.parametrize("kind", HEADS)
def test_files_that_say_only_the_heads_type_are_read(kind: str, tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg(kind, tmp_path))
    model = build_onnx(graph, weights_of(graph), head="raw")
    properties = {item.key: item.value for item in model.metadata_props}
    heads = json.loads(properties["darkcsp.heads"])
    for head in heads:
        del head["compares_objectness"]
    old = {**properties, "darkcsp.heads": json.dumps(heads)}
    assert Metadata.from_properties(old, "x.onnx") == Metadata.from_properties(properties, "x.onnx")


def test_suppression_is_told() -> None:
    text = DETECTOR.replace("num=3\n", "num=3\nnms_kind=diounms\nbeta_nms=0.8\n")
    head = Metadata.from_properties(_properties(text), "x.onnx").heads[-1]
    assert head == HeadInfo("yolo", 2, "diounms", 0.8, False, compares_objectness=True)


def test_final_boxes_are_told_and_those_of_older_files_have_no_limit() -> None:
    graph = graph_of(DETECTOR)
    options = {"threshold": 0.1, "max_detections": 7, "agnostic": True}
    model = build_onnx(graph, weights_of(graph), head="nms", **options)  # type: ignore[arg-type]
    properties = {item.key: item.value for item in model.metadata_props}
    assert Metadata.from_properties(properties, "x.onnx").suppression == Suppression(0.1, 0.45, 7, True)
    properties["darkcsp.suppression"] = '{"threshold": 0.1, "nms": 0.4}'
    assert Metadata.from_properties(properties, "x.onnx").suppression == Suppression(0.1, 0.4, max_detections=0)


@pytest.mark.parametrize("semantics", SEMANTICS)
@pytest.mark.parametrize(
    ("text", "author"), [(CLASSIFIER, "AlexeyAB"), (CLASSIFIER.split("[softmax]")[0] + "[l2norm]\n", "pjreddie")]
)
def test_the_program_is_told(text: str, author: str, semantics: Semantics) -> None:
    graph = graph_of(text, semantics=semantics)
    model = build_onnx(graph, weights_of(graph), head="raw")
    properties = {item.key: item.value for item in model.metadata_props}
    assert (properties["darkcsp.author"], properties["darkcsp.semantics"]) == (author, semantics)
    assert Metadata.from_properties(properties, "x.onnx").program == graph.program


def test_files_of_0_1_are_the_forks_on_a_cpu() -> None:
    properties = _properties(DETECTOR)
    for key in ("author", "semantics"):
        del properties[f"darkcsp.{key}"]
    assert Metadata.from_properties(properties, "x.onnx").program == Program("AlexeyAB", "cpu")


def test_foreign_models_are_refused() -> None:
    with pytest.raises(ModelError, match=r"x\.onnx: was not written by darkcsp; convert the cfg and weights"):
        Metadata.from_properties({"author": "somebody"}, "x.onnx")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("input", "[3]"),
        ("input", None),
        ("kind", "segmenter"),
        ("heads", '[{"type": "yolo"}]'),
        ("heads", "{"),
        ("letter_box", "maybe"),
        ("names", "7"),
        ("author", "somebody"),
        ("semantics", "gpu"),
    ],
)
def test_metadata_that_makes_no_sense_is_refused(key: str, value: str | None) -> None:
    properties = _properties(DETECTOR)
    properties.pop(f"darkcsp.{key}")
    if value is not None:
        properties[f"darkcsp.{key}"] = value
    with pytest.raises(ModelError, match=rf"x\.onnx: the metadata that darkcsp {properties['darkcsp.version']} wrote"):
        Metadata.from_properties(properties, "x.onnx")


def test_metadata_of_later_versions_is_read() -> None:
    properties = _properties(DETECTOR)
    heads = json.loads(properties["darkcsp.heads"])
    properties["darkcsp.heads"] = json.dumps([{**head, "news": 1} for head in heads])
    assert Metadata.from_properties({**properties, "darkcsp.more": "x"}, "x.onnx").kind == "detector"
