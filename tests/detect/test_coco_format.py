"""COCO's own classes and their numbers."""

from __future__ import annotations

import pytest

from darkcsp.detect.coco_format import COCO_IDS, COCO_NAMES, coco_entry, coco_ids_of, name_key
from tests.reference import UPSTREAM


def test_numbers() -> None:
    assert (len(COCO_NAMES), len(COCO_IDS), COCO_IDS[0], COCO_IDS[11], COCO_IDS[79]) == (80, 80, 1, 13, 90)


def test_coco_s_classes_are_known_by_either_spelling() -> None:
    darknets = (UPSTREAM / "coco.names").read_text().split("\n")[:80]
    assert darknets != list(COCO_NAMES)
    assert coco_ids_of(range(80), darknets) == COCO_IDS
    assert coco_ids_of(range(80), COCO_NAMES) == COCO_IDS


@pytest.mark.parametrize(("class_id", "name"), [(1, "person"), (0, "0"), (0, ""), (80, "person")])
def test_other_classes_are_none_of_coco_s(class_id: int, name: str) -> None:
    assert coco_ids_of([class_id], [name]) is None


def test_spellings() -> None:
    assert name_key("Potted-Plant") == name_key("pottedplant") == name_key("potted_plant")
    assert name_key("sofa") == name_key("couch") != name_key("chair")


def test_an_entry_is_rounded() -> None:
    assert coco_entry(7, 3, 0.00049, 1, 10, 4.25, 0.12345678) == {
        "image_id": 7,
        "category_id": 3,
        "bbox": [0.0, 1, 10.0, 3.25],
        "score": 0.123457,
    }
