"""Metadata is believed only where every value of it makes sense."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from darkcsp.errors import ModelError
from darkcsp.modelfile import ExportOptions, Metadata
from darkcsp.to_onnx import build_onnx
from tests.networks import CLASSIFIER, DETECTOR, graph_of, weights_of


def _properties(text: str, **options: Any) -> dict[str, str]:
    graph = graph_of(text)
    model = build_onnx(graph, weights_of(graph), **options)
    return {item.key.removeprefix("darkcsp."): item.value for item in model.metadata_props}


PROPERTIES = _properties(DETECTOR, names=["a", "b"])


def _refusal(changes: dict[str, str | None], properties: dict[str, str]) -> str:
    found = {f"darkcsp.{key}": value for key, value in {**properties, **changes}.items() if value is not None}
    start = time.process_time()
    with pytest.raises(ModelError) as caught:
        Metadata.from_properties(found, "x.onnx")
    assert time.process_time() - start < 1
    message = str(caught.value)
    assert len(message) <= 500 and message.isprintable()
    assert message.endswith("; convert the model again with 'darkcsp convert'")
    return message.split("cannot be read: ")[1].split("; convert")[0]


def _heads(**changes: object) -> str:
    (first, *others) = json.loads(PROPERTIES["heads"])
    return json.dumps([{**first, **changes}, *others])


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("input", "[" * 100_000, "input is nested too deeply"),
        ("input", "[3]", "input is [3], expected an object"),
        ("input", None, "it has no 'input'"),
        ("input", '{"channels": 3, "height": 32}', "input has no 'width'"),
        ("input", '{"channels": 3, "height": -32, "width": 32}', "input's height is -32, expected a whole number from"),
        ("input", '{"channels": 3, "height": 0, "width": 32}', "input's height is 0, expected a whole number from 1"),
        ("input", '{"channels": true, "height": 1, "width": 1}', "input's channels is True, expected a whole number"),
        ("input", '{"channels": 3.0, "height": 1, "width": 1}', "input's channels is 3.0, expected a whole number"),
        ("input", '{"channels": 3, "height": 65536, "width": 65536}', "input has 12884901888 values; at most"),
        ("input", f'{{"channels": {"9" * 5000}}}', "input: a number has 5000 digits; at most 20 are allowed"),
        ("dynamic", '["depth"]', "dynamic is 'depth'"),
        ("dynamic", '["batch", "size", "size"]', "dynamic has 3 items"),
        ("dynamic", "7", "dynamic is 7"),
        ("kind", "segmenter", "kind is 'segmenter', expected one of detector, classifier"),
        ("kind", "x" * 100_000, "kind has 100000 characters; at most 1000"),
        ("kind", "\x1b[31m\n", r"kind is '\x1b[31m\n', expected one of"),
        ("kind", "classifier", "kind is 'classifier', but there are 2 heads"),
        ("heads", "[]", "kind is 'detector', but there are 0 heads"),
        ("heads", "{}", "heads is {}, expected a list"),
        ("heads", "[7]", "a head is 7, expected an object"),
        ("heads", "{", "heads is not valid JSON: '{'"),
        ("heads", '[{"type": "yolo"}]', "a head has no 'nms'"),
        ("heads", json.dumps([{}] * 1001), "heads has 1001 items; at most 1000"),
        ("heads", f"[{'[],' * 1_000_000}[]]", "heads has 3000004 characters; at most 262144"),
        ("heads", _heads(classes=-1), "classes is -1, expected a whole number from 0 to"),
        ("heads", _heads(classes=10**12), "classes is 1000000000000, expected a whole number"),
        ("heads", _heads(anchors=[[float("nan"), 1]]), "heads: NaN is not a finite number"),
        ("heads", _heads(scale_x_y=float("inf")), "heads: Infinity is not a finite number"),
        ("heads", _heads(scale_x_y=1.5).replace("1.5", "1e999"), "heads: 1e999 is not a finite number"),
        ("heads", _heads(more=[[[[[[[[[1]]]]]]]]]), "a head is nested more than 8 levels deep"),
        ("heads", _heads(nms={"kind": "default", "beta": "0.6"}), "nms' beta is '0.6', expected a number"),
        ("heads", _heads(nms={"kind": 1, "beta": 0.6}), "nms' kind is 1, expected a string"),
        (
            "heads",
            _heads(nms={"kind": "", "beta": 0, "overlap": 2}),
            "nms' overlap is 2, expected a number from 0",
        ),
        ("heads", _heads(compares_objectness=1), "compares_objectness is 1, expected true or false"),
        ("head", "tail", "head is 'tail', expected one of decoded, raw, opencv4, nms"),
        ("head", "nms", "head is 'nms', which cannot be combined with suppression=None"),
        (
            "suppression",
            '{"threshold": 0.2, "nms": 0.4}',
            "head is 'decoded', which cannot be combined with suppression=",
        ),
        ("suppression", '{"threshold": 0.2, "nms": 4}', "suppression's nms is 4, expected a number from 0 to 1"),
        (
            "suppression",
            '{"threshold": -0.2, "nms": 0}',
            "suppression's threshold is -0.2, expected a number from",
        ),
        (
            "suppression",
            '{"threshold": 0.2, "nms": 0.4, "max_detections": -1}',
            "suppression's max_detections is -1, expected a whole number from 0",
        ),
        (
            "suppression",
            '{"threshold": 0.2, "nms": 0.4, "agnostic": 1}',
            "suppression's agnostic is 1, expected true or false",
        ),
        ("suppression", '{"threshold": NaN, "nms": 0}', "suppression: NaN is not a finite number"),
        ("letter_box", "maybe", "letter_box is not valid JSON: 'maybe'"),
        ("letter_box", "1", "letter_box is 1, expected true or false"),
        ("resize", "crop", "resize is 'crop', expected one of stretch, letter_box, wongkinyiu"),
        ("input_type", "int4", "input_type is 'int4', expected one of float32, uint8"),
        ("precision", "fp8", "precision is 'fp8', expected one of fp32, fp16, int8"),
        ("names", "7", "names is 7, expected a list"),
        ("names", '["a", 7]', "name 1 is 7, expected a string"),
        ("names", json.dumps(["x" * 1001]), "name 0 has 1001 characters; at most 1000"),
        ("names", "[" + '"",' * 1_000_000 + '""]', "names has 1000001 items; at most 1000000"),
        ("parents", "[0]", "parent of class 0 is 0, expected a whole number from -1 to -1"),
        ("parents", "[-1, 0, 2]", "parent of class 2 is 2, expected a whole number from -1 to 1"),
        ("parents", '["-1"]', "parent of class 0 is '-1', expected a whole number"),
        ("calibration", '{"method": "minmax"}', "calibration has no 'pictures'"),
        (
            "calibration",
            '{"method": "minmax", "pictures": -1}',
            "calibration's pictures is -1, expected a whole",
        ),
        ("author", "somebody", "author is 'somebody', expected one of"),
        ("semantics", "gpu", "semantics is 'gpu', expected one of trained, cpu"),
        ("version", "0" * 2000, "version has 2000 characters; at most 1000"),
    ],
)
def test_what_makes_no_sense_is_refused(key: str, value: str | None, why: str) -> None:
    assert _refusal({key: value}, PROPERTIES).startswith(why)


def test_a_classifier_with_heads_is_none() -> None:
    properties = _properties(CLASSIFIER)
    assert _refusal({"kind": "detector"}, properties) == "kind is 'detector', but there are 0 heads"
    assert _refusal({"heads": PROPERTIES["heads"]}, properties) == "kind is 'classifier', but there are 2 heads"


def test_numbers_that_are_none_are_not_written() -> None:
    metadata = Metadata.of_graph(graph_of(DETECTOR), ExportOptions())
    heads = tuple(replace(head, details={**head.details, "scale_x_y": float("nan")}) for head in metadata.heads)
    with pytest.raises(ModelError, match="cannot store heads in the metadata: it has a number that is not finite"):
        replace(metadata, heads=heads).to_properties()


def test_the_version_is_told_only_where_it_is_one() -> None:
    for version, told in (("0.2.0", "0.2.0"), ("\x1b]0;x\x07", "?"), ("9" * 41, "?"), (None, "?")):
        found = {"darkcsp.version": version} if version else {"darkcsp.head": "raw"}
        with pytest.raises(ModelError, match=rf"^x\.onnx: the metadata that darkcsp {told.replace('?', '[?]')} wrote"):
            Metadata.from_properties(found, "x.onnx")
