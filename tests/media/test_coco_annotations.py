"""Annotations in COCO's format: which image a picture is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from darkcsp.errors import MediaError
from darkcsp.media import bounded
from darkcsp.media.coco_annotations import CocoAnnotations, read_annotations


def _written(folder: Path, **content: Any) -> Path:
    path = folder / "x.json"
    path.write_text(json.dumps(content))
    return path


def _images(folder: Path, *names: str) -> CocoAnnotations:
    return read_annotations(_written(folder, images=[{"id": 7 + n, "file_name": name} for n, name in enumerate(names)]))


def test_numbers(tmp_path: Path) -> None:
    found = read_annotations(
        _written(
            tmp_path,
            images=[{"id": 397133, "file_name": "000000397133.jpg", "height": 427}],
            categories=[{"id": 1, "name": "person", "supercategory": "person"}],
            annotations=[{"id": 1}],
            info={},
        )
    )
    assert found.image_id("val2017/000000397133.jpg") == 397133
    assert found.categories == {"person": 1}
    assert read_annotations(_written(tmp_path)).categories == {}


def test_the_longest_end_of_the_path_counts(tmp_path: Path) -> None:
    found = _images(tmp_path, "1.jpg", "a/1.jpg", "b\\2.jpg", "c/3.jpg", "d/3.jpg")
    pictures = ("1.jpg", "x/1.jpg", "x/a/1.jpg", "/b/2.jpg", "2.jpg", "z/2.jpg", "x/c/3.jpg", "d/3.jpg")
    assert [found.image_id(picture) for picture in pictures] == [7, 7, 8, 9, 9, 9, 10, 11]
    for picture, message in (
        ("x/3.jpg", r"^x/3\.jpg: .*x\.json has 2 images with the name 3\.jpg, so its image id is unknown$"),
        ("x/4.jpg", r"^x/4\.jpg: .*x\.json has no image with the name 4\.jpg"),
        ("x/1.JPG", "has no image"),
        ("-", "has no image"),
    ):
        with pytest.raises(MediaError, match=message):
            found.image_id(picture)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"images": {}}, "has no list of images, expected annotations in COCO format"),
        ({"categories": None}, "has no list of categories"),
        ({"images": ["x"]}, "images has an item without a file_name and an integer id: 'x'"),
        ({"images": [{"id": 1}]}, r"images has an item without a file_name and an integer id: \{'id': 1\}"),
        ({"images": [{"id": "1", "file_name": "x"}]}, "images has an item without"),
        ({"images": [{"id": True, "file_name": "x"}]}, "images has an item without"),
        ({"images": [{"id": 1, "file_name": "x"}, {"id": 1, "file_name": "y"}]}, "images has two items with id 1"),
        (
            {"images": [{"id": 1, "file_name": "x"}, {"id": 2, "file_name": "x"}]},
            "images has two items with file_name 'x'",
        ),
        (
            {"categories": [{"id": 0, "name": "a"}, {"id": 1, "name": "a"}]},
            "categories has two items with name 'a'",
        ),
    ],
)
def test_what_is_wrong_is_told(content: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=rf"x\.json: {message}"):
        read_annotations(_written(tmp_path, **content))


@pytest.mark.parametrize("text", ["", "x", "[" * 100_000, "1" * 5000, "\xff", "[]", "null"])
def test_what_are_no_annotations(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, "latin-1")
    with pytest.raises(MediaError, match=r"x\.json: .* expected annotations in COCO format$"):
        read_annotations(path)


def test_large_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with path.open("wb") as file:
        file.truncate(bounded.MOST_BYTES + 1)
    with pytest.raises(MediaError, match="has 1000000001 bytes, expected at most 1000000000"):
        read_annotations(path)
