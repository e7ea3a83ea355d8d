"""A data set's annotations in COCO format: the ids of its images and categories."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from darkcsp.errors import MediaError
from darkcsp.media.bounded import read_file


@dataclass(frozen=True)
class CocoAnnotations:
    """The ids of images and categories in an annotations file.

    Attributes:
        path: the file.
        images: each image's path and id, by the last part of the path.
        categories: each category's id, by its name.
    """

    path: str
    images: Mapping[str, Mapping[PurePosixPath, int]]
    categories: Mapping[str, int]

    def image_id(self, picture: str) -> int:
        """Return the image id of a picture.

        It belongs to the image whose `file_name` is the end of the picture's path, or the longest such `file_name` if
        there are several; otherwise to the only image with the same last part. Raises MediaError if there is no such
        image, or more than one.
        """
        path = PurePosixPath(picture)
        alike = self.images.get(path.name, {})
        ends = [name for name in alike if path.parts[-len(name.parts) :] == name.parts]
        if ends:
            return alike[max(ends, key=lambda name: len(name.parts))]
        if len(alike) == 1:
            return next(iter(alike.values()))
        found = f"has {len(alike)} images with the name" if alike else "has no image with the name"
        raise MediaError(picture, f"{self.path} {found} {path.name}, so its image id is unknown")


def read_annotations(path: str | os.PathLike[str]) -> CocoAnnotations:
    """Read an annotations file of at most 1 GB; its boxes are ignored.

    Raises MediaError if it cannot be read, is not an annotations file, or uses an id or a name twice.
    """
    name = os.fspath(path)
    try:
        data = json.loads(read_file(path))
    except (ValueError, RecursionError):
        raise MediaError(name, "is not JSON, expected annotations in COCO format") from None
    images: dict[str, dict[PurePosixPath, int]] = {}
    for file_name, number in _numbered(data, "images", "file_name", name):
        image = PurePosixPath(file_name.replace("\\", "/"))
        images.setdefault(image.name, {})[image] = number
    return CocoAnnotations(name, images, dict(_numbered(data, "categories", "name", name)))


def _numbered(data: Any, key: str, label: str, path: str) -> Iterator[tuple[str, int]]:
    """Yield the label and the id of each item, and refuse duplicates."""
    items = data.get(key, []) if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise MediaError(path, f"has no list of {key}, expected annotations in COCO format")
    labels: set[str] = set()
    numbers: set[int] = set()
    for item in items:
        text, number = (item.get(label), item.get("id")) if isinstance(item, dict) else (None, None)
        if not isinstance(text, str) or type(number) is not int:
            raise MediaError(path, f"{key} has an item without a {label} and an integer id: {item!r:.80}")
        if text in labels or number in numbers:
            what = f"{label} {text!r:.80}" if text in labels else f"id {number}"
            raise MediaError(path, f"{key} has two items with {what}")
        labels.add(text)
        numbers.add(number)
        yield text, number
