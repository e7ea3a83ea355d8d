"""The COCO results format (cocodataset.org, "Results format"), and the category IDs of COCO's 80 classes.

Only classes with the names of COCO's 80, in COCO's order, get COCO's category IDs: 1 to 90 with gaps (coco_ids in
src/detector.c).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

COCO_NAMES = tuple(
    " ".join(
        """
        person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, stop sign,
        parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, backpack, umbrella,
        handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard,
        surfboard, tennis racket, bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange,
        broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed, dining table, toilet, tv,
        laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, refrigerator, book, clock, vase,
        scissors, teddy bear, hair drier, toothbrush
        """.split()
    ).split(", ")
)
"""COCO's class names, in COCO's order and spelling."""

_UNUSED = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}
COCO_IDS = tuple(number for number in range(1, 91) if number not in _UNUSED)
"""The category IDs of these classes; ten of 1 to 90 were never used."""

_DARKNETS = {"aeroplane": "airplane", "motorbike": "motorcycle", "sofa": "couch", "tvmonitor": "tv"}
"""Names in Darknet's data/coco.names that differ from COCO's by more than a space."""


class CocoEntry(TypedDict):
    """One box of COCO results; `bbox` is left, top, width and height in pixels."""

    image_id: int
    category_id: int
    bbox: list[float]
    score: float


def coco_entry(
    image_id: int, category_id: int, left: float, top: float, right: float, bottom: float, score: float
) -> CocoEntry:
    """Return a box as an entry of COCO results, rounded to thousandths of a pixel."""
    sides = (left, top, right - left, bottom - top)
    return {
        "image_id": image_id,
        "category_id": category_id,
        "bbox": [round(value, 3) for value in sides],
        "score": round(score, 6),
    }


def name_key(name: str) -> str:
    """Return a key shared by all spellings of a class: "potted plant" and "pottedplant", "couch" and "sofa"."""
    letters = "".join(letter for letter in name.casefold() if letter not in " _-")
    return _DARKNETS.get(letters, letters)


def coco_ids_of(class_ids: Iterable[int], names: Iterable[str]) -> tuple[int, ...] | None:
    """Return COCO's category IDs by class number if the classes have COCO's names, else None."""
    pairs = zip(class_ids, names, strict=True)
    known = all(number < len(_KEYS) and name_key(name) == _KEYS[number] for number, name in pairs)
    return COCO_IDS if known else None


_KEYS = tuple(map(name_key, COCO_NAMES))
