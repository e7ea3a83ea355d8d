"""What a file takes and gives is what its metadata says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from onnx import ModelProto, StringStringEntryProto, TensorProto, helper

from darkcsp.errors import ModelError
from darkcsp.graph import build_graph
from darkcsp.modelfile.agreement import check_output, checked_metadata
from darkcsp.modelfile.forms import HEAD_FORMS, INPUT_TYPES, HeadForm, InputType
from darkcsp.modelfile.reading import FLOAT, OnnxFile, Value, parse_onnx_file
from darkcsp.to_onnx import build_onnx
from tests.heads import HEADS, write_head_cfg
from tests.networks import CLASSIFIER, DETECTOR, graph_of, weights_of

Change = Callable[[ModelProto], object]
RECURRENT = "[net]\nwidth=8\nheight=8\nchannels=3\n[crnn]\noutput=4\nhidden=4\npad=1\nactivation=leaky\n"


def read(model: ModelProto) -> OnnxFile:
    return parse_onnx_file(model.SerializeToString(), "x.onnx")


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize("head", HEAD_FORMS)
@pytest.mark.parametrize("batch", [1, 3, None])
def test_every_head_agrees(kind: str, head: HeadForm, batch: int | None, tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg(kind, tmp_path))
    if head == "nms" and graph.heads[-1].has_tree:
        return
    checked_metadata(read(build_onnx(graph, weights_of(graph), head=head, batch=batch, taps="all")))


@pytest.mark.parametrize("text", [DETECTOR, CLASSIFIER, RECURRENT])
@pytest.mark.parametrize("head", HEAD_FORMS)
@pytest.mark.parametrize("pixels", INPUT_TYPES)
@pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning")
def test_every_kind_agrees(text: str, head: HeadForm, pixels: InputType) -> None:
    graph = graph_of(text)
    checked_metadata(read(build_onnx(graph, weights_of(graph), head=head, input=pixels, batch=None)))


@pytest.mark.parametrize("text", [DETECTOR, CLASSIFIER])
@pytest.mark.parametrize("head", HEAD_FORMS)
@pytest.mark.parametrize("pixels", INPUT_TYPES)
@pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning")
def test_models_for_any_size_agree(text: str, head: HeadForm, pixels: InputType) -> None:
    graph = graph_of(text)
    model = build_onnx(graph, weights_of(graph), head=head, input=pixels, size="dynamic")
    assert checked_metadata(read(model)).dynamic == ("size",)
    del model.graph.input[0].type.tensor_type.shape.dim[3]
    with pytest.raises(ModelError, match=r"expected .* \(batch, .*any"):
        checked_metadata(read(model))


def _side(value: str, number: int, size: int) -> Change:
    def change(model: ModelProto) -> None:
        info = next(item for item in (*model.graph.input, *model.graph.output) if item.name == value)
        info.type.tensor_type.shape.dim[number].dim_value = size

    return change


def _shape(value: str, shape: list[int]) -> Change:
    def change(model: ModelProto) -> None:
        info = next(item for item in (*model.graph.input, *model.graph.output) if item.name == value)
        info.CopyFrom(helper.make_tensor_value_info(value, FLOAT, shape))

    return change


def _element(value: str, element: int) -> Change:
    def change(model: ModelProto) -> None:
        info = next(item for item in (*model.graph.input, *model.graph.output) if item.name == value)
        info.type.tensor_type.elem_type = element

    return change


def _says(key: str, value: object) -> Change:
    def change(model: ModelProto) -> None:
        kept = [item for item in model.metadata_props if item.key != f"darkcsp.{key}"]
        del model.metadata_props[:]
        text = value if isinstance(value, str) else json.dumps(value)
        model.metadata_props.extend([*kept, StringStringEntryProto(key=f"darkcsp.{key}", value=text)])

    return change


def _classes(count: int) -> Change:
    def change(model: ModelProto) -> None:
        heads = json.loads(next(item.value for item in model.metadata_props if item.key == "darkcsp.heads"))
        _says("heads", [{**head, "classes": count} for head in heads])(model)

    return change


def _without_outputs(model: ModelProto) -> None:
    del model.graph.output[1:]


def _stray_input(model: ModelProto) -> None:
    model.graph.input.append(helper.make_tensor_value_info("stray", FLOAT, [1, 2]))


@pytest.mark.parametrize(
    ("head", "change", "why"),
    [
        ("decoded", _side("images", 2, 64), "input 'images' has shape (1, 3, 64, 32), expected float32"),
        ("decoded", _shape("images", [3, 32, 32]), "input 'images' has shape (3, 32, 32), expected float32"),
        ("decoded", _element("images", TensorProto.DOUBLE), "input 'images' has shape (1, 3, 32, 32), expected fl"),
        (
            "decoded",
            _says("input", {"channels": 3, "height": 32, "width": 64}),
            "input 'images' has shape (1, 3, 32",
        ),
        ("decoded", _says("input_type", "uint8"), "input 'images' has shape (1, 3, 32, 32), expected uint8"),
        ("decoded", _stray_input, "input 'stray' is not a recurrent state that an output updates"),
        (
            "decoded",
            _side("detections", 2, 9),
            "output 'detections' has shape (1, 384, 9), expected (batch, boxes, 7)",
        ),
        (
            "decoded",
            _shape("detections", [384, 7]),
            "output 'detections' has shape (384, 7), expected (batch",
        ),
        ("decoded", _classes(3), "output 'detections' has shape (1, 384, 7), expected (batch, boxes, 8)"),
        (
            "decoded",
            _element("detections", TensorProto.INT64),
            "output 'detections' has element type 7, not f",
        ),
        ("decoded", _says("head", "raw"), "has 1 outputs for head 'raw', expected 2"),
        ("raw", _says("head", "decoded"), "has 2 outputs for head 'decoded', expected 1"),
        ("raw", _without_outputs, "has 1 outputs for head 'raw', expected 2"),
        (
            "raw",
            _side("L004_convolutional", 1, 15),
            "output 'L004_convolutional' has shape (1, 15, 8, 8), exp",
        ),
        (
            "raw",
            _classes(4),
            "output 'L004_convolutional' has shape (1, 14, 8, 8), expected (batch, c, h, w) with",
        ),
        ("nms", _side("boxes", 1, 6), "output 'boxes' has shape (None, 6), expected (n, 7)"),
        ("opencv4", _classes(3), "output 'yolo_5' has shape (128, 7), expected (boxes, 8) or (batch, boxes, 8)"),
    ],
)
def test_what_does_not_agree_is_refused(head: HeadForm, change: Change, why: str) -> None:
    graph = graph_of(DETECTOR)
    model = build_onnx(graph, weights_of(graph), head=head)
    change(model)
    with pytest.raises(ModelError) as caught:
        checked_metadata(read(model))
    assert str(caught.value).startswith(f"x.onnx: {why}")


def test_a_tree_has_as_many_classes_as_the_output() -> None:
    graph = graph_of(CLASSIFIER)
    model = build_onnx(graph, weights_of(graph))
    _says("parents", [-1, 0, 0, 1, 1])(model)
    checked_metadata(read(model))
    _says("parents", [-1, 0, 0])(model)
    with pytest.raises(ModelError, match=r"has shape \(1, 5\), expected \(batch, 3\), the classes of its tree"):
        checked_metadata(read(model))


def test_a_state_is_replaced_by_one_of_its_shape() -> None:
    graph = graph_of(RECURRENT)
    model = build_onnx(graph, weights_of(graph))
    _side(model.graph.input[1].name, 1, 9)(model)
    with pytest.raises(ModelError, match="is not a recurrent state that an output updates"):
        checked_metadata(read(model))


@pytest.mark.parametrize(
    ("declared", "found", "final", "fits"),
    [
        ((1, 384, 7), (1, 384, 7), False, True),
        ((None, 384, 7), (5, 384, 7), False, True),
        ((1, None, 7), (1, 9, 7), False, True),
        ((1, 384, 7), (1, 384, 8), False, False),
        ((1, 384, 7), (384, 7), False, False),
        ((None, 7), (0,), True, True),
        ((None, 7), (3, 7), True, True),
        ((None, 7), (3, 6), True, False),
    ],
)
def test_what_an_engine_gives(declared: Any, found: tuple[int, ...], final: bool, fits: bool) -> None:
    value = Value("y", FLOAT, declared)
    if fits:
        check_output("x.onnx", "opencv/new", value, found, final)
    else:
        with pytest.raises(ModelError, match=r"^x\.onnx: opencv/new returns 'y' with shape .*, but the file declares"):
            check_output("x.onnx", "opencv/new", value, found, final)
