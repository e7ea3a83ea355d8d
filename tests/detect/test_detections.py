"""The arrays of what was found."""

from __future__ import annotations

import dataclasses
import json
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import darkcsp
from darkcsp.detect import Detections
from darkcsp.errors import MissingBackendError


def _three() -> Detections:
    boxes = np.arange(12, dtype=np.float32).reshape(3, 4)
    return Detections.of_classes(boxes, np.array([0.9, 0.6, 0.3], np.float32), np.array([1, 0, 7]), ("cat", "dog"))


def test_fields() -> None:
    found = _three()
    assert len(found) == 3
    assert (found.xyxy.dtype, found.confidence.dtype, found.class_id.dtype) == (np.float32, np.float32, np.int64)
    assert found.names == ("dog", "cat", "7")
    assert Detections(found.xyxy, found.confidence, found.class_id).names == ("1", "0", "7")
    assert darkcsp.Detections is Detections
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.names = ()  # type: ignore[misc]


def test_choosing() -> None:
    found = _three()
    assert found[found.confidence > 0.5].names == ("dog", "cat")
    assert found[1:].names == ("cat", "7")
    assert found[[2, 0]].names == ("7", "dog")
    np.testing.assert_array_equal(found[[2]].xyxy, [[8, 9, 10, 11]])
    assert len(found[np.zeros(3, bool)]) == 0
    with pytest.raises(IndexError, match="by a mask, a slice or a list"):
        found[np.zeros((1, 1), int)]
    with pytest.raises(IndexError):
        found[np.ones(2, bool)]


def test_empty() -> None:
    found = Detections.empty()
    assert len(found) == 0
    assert found.xyxy.shape == (0, 4)
    assert found.to_dict() == {"detections": []}


@pytest.mark.parametrize(
    "arrays",
    [
        (np.zeros((2, 4)), np.zeros(3), np.zeros(3)),
        (np.zeros((3, 5)), np.zeros(3), np.zeros(3)),
        (np.zeros((3, 4)), np.zeros(3), np.zeros(2)),
        (np.zeros((3, 4)), np.zeros((3, 1)), np.zeros(3)),
        (np.zeros((3, 4)), np.zeros(3), np.zeros(3), ("a",)),
    ],
)
def test_arrays_must_go_together(arrays: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected xyxy \(n, 4\), confidence \(n,\), class_id \(n,\) and n names"):
        Detections(*arrays)  # type: ignore[arg-type]


def test_to_dict_is_json() -> None:
    (first, *_) = json.loads(json.dumps(_three().to_dict()))["detections"]
    assert first == {"class_id": 1, "name": "dog", "confidence": 0.9, "xyxy": [0, 1, 2, 3]}


def test_supervision_is_given_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setitem(sys.modules, "supervision", SimpleNamespace(Detections=given.update))
    found = Detections(np.array([[1, 2, 3, 4]]), np.array([0.5]), np.array([7]), ("käse",))
    found.to_supervision()
    assert sorted(given) == ["class_id", "confidence", "data", "xyxy"]
    np.testing.assert_array_equal(given["xyxy"], found.xyxy)
    np.testing.assert_array_equal(given["confidence"], found.confidence)
    np.testing.assert_array_equal(given["class_id"], [7])
    assert given["data"]["class_name"].tolist() == ["käse"]


def test_supervision_itself() -> None:
    supervision = pytest.importorskip("supervision")
    found = Detections(np.array([[1, 2, 3, 4]]), np.array([0.5]), np.array([7]), ("käse",))
    for detections in (found, Detections.empty()):
        result = detections.to_supervision()
        assert isinstance(result, supervision.Detections)
        assert len(result) == len(detections)
    assert found.to_supervision()["class_name"].tolist() == ["käse"]


def test_supervision_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "supervision", None)
    with pytest.raises(MissingBackendError, match="pip install supervision"):
        Detections.empty().to_supervision()
