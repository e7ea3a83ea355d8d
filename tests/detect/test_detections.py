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
from darkcsp.errors import ArgumentError, MissingBackendError


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
    assert found[[True, False, True]].names == ("dog", "7")
    assert found[range(2)].names == ("dog", "cat")
    assert found[[-1]].names == ("7",)
    assert len(found[[]]) == len(found[5:]) == 0
    for wrong in (np.zeros((1, 1), int), 1.0, [0.5], "dog", True, None, (slice(None), 0)):
        with pytest.raises((IndexError, ValueError)):
            found[wrong]  # type: ignore[index]
    for beyond in ([3], [-4], np.ones(2, bool), np.ones(4, bool)):
        with pytest.raises(IndexError):
            found[beyond]


def test_each_is_a_record() -> None:
    found = _three()
    records = list(found)
    assert [(record.name, record.class_id) for record in records] == [("dog", 1), ("cat", 0), ("7", 7)]
    assert [type(value) for value in records[0]] == [tuple, float, int, str]
    (left, top, right, bottom), confidence, *_ = records[1]
    assert (left, top, right, bottom, confidence) == (4, 5, 6, 7, pytest.approx(0.6))
    assert found[0] == records[0]
    assert found[-1] == found[np.int64(2)] == found[np.array(2)] == records[2]
    assert records[0] in found
    for position in (3, -4):
        with pytest.raises(IndexError):
            found[position]
    assert list(Detections.empty()) == []


def test_filter() -> None:
    found = _three()
    assert found.filter(classes="dog").names == ("dog",)
    assert found.filter(classes=["dog", 7, "horse"]).names == ("dog", "7")
    assert found.filter(classes=np.array([0, 7])).names == ("cat", "7")
    assert found.filter(classes=np.int64(0)).names == ("cat",)
    assert found.filter(confidence=0.6).names == ("dog",)  # above, as with the detector's threshold
    assert found.filter(classes={0, 1}, confidence=0.5).names == ("dog", "cat")
    assert found.filter() == found
    assert len(found.filter(classes=())) == len(Detections.empty().filter(classes="dog", confidence=0.5)) == 0
    unsure = Detections(found.xyxy[:1], np.zeros(1, np.float32), found.class_id[:1])
    assert len(unsure.filter(classes=1)) == 1


def test_concatenate() -> None:
    found = _three()
    both = Detections.concatenate(iter([found[2:], Detections.empty(), found[:2]]))
    assert both.names == ("7", "dog", "cat")
    np.testing.assert_array_equal(both.xyxy, found.xyxy[[2, 0, 1]])
    assert Detections.concatenate([]) == Detections.empty() == Detections.concatenate([Detections.empty()])
    assert Detections.concatenate(found[[position]] for position in range(3)) == found


def test_equality_and_truth() -> None:
    found = _three()
    assert found == _three()
    assert found == found[:]
    assert found != found[[1, 0, 2]]
    assert found != found[:2]
    assert Detections(found.xyxy, found.confidence, found.class_id) != found  # other names
    assert found != "dog"
    assert found
    assert not Detections.empty()
    with pytest.raises(TypeError, match="unhashable"):
        hash(found)


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


def test_to_coco() -> None:
    found = _three()
    (entry,) = found[:1].to_coco(139, category_ids=[5, 6])
    assert entry == {"image_id": 139, "category_id": 6, "bbox": [0, 1, 2, 2], "score": 0.9}
    assert json.loads(json.dumps(entry)) == entry
    assert [entry["category_id"] for entry in found.to_coco(1, range(10, 20))] == [11, 10, 17]
    assert Detections.empty().to_coco(1) == []
    with pytest.raises(ArgumentError, match="names are not COCO's 80 classes; pass category_ids="):
        found.to_coco(1)
    with pytest.raises(ArgumentError, match=r"category_ids=\(5, 6\): expected 8 numbers or more"):
        found.to_coco(1, [5, 6])


def test_coco_s_own_classes_have_their_numbers() -> None:
    names = {11: "stop sign", 57: "sofa", 79: "toothbrush"}
    found = dataclasses.replace(_three(), class_id=np.array(list(names)), names=tuple(names.values()))
    assert [entry["category_id"] for entry in found.to_coco(1)] == [13, 63, 90]


def test_to_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=dict))
    table = _three().to_pandas()
    assert list(table) == ["class_id", "name", "confidence", "left", "top", "right", "bottom"]
    assert {key: value[1] for key, value in table.items()} == {
        "class_id": 0,
        "name": "cat",
        "confidence": np.float32(0.6),
        "left": 4,
        "top": 5,
        "right": 6,
        "bottom": 7,
    }
    assert [len(column) for column in Detections.empty().to_pandas().values()] == [0] * 7


def test_pandas_itself() -> None:
    pandas = pytest.importorskip("pandas")
    table = _three().to_pandas()
    assert isinstance(table, pandas.DataFrame)
    assert table[table.confidence > 0.5].name.tolist() == ["dog", "cat"]


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


@pytest.mark.parametrize("library", ["pandas", "supervision"])
def test_a_missing_library_is_named(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(
        MissingBackendError, match=rf"^Detections.to_{library}\(\) needs {library}: pip install {library}$"
    ):
        getattr(Detections.empty(), f"to_{library}")()
