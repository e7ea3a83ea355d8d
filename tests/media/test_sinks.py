"""Where results go."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from darkcsp.detect import Classification, Detections
from darkcsp.errors import MediaError
from darkcsp.media import AnnotatedPictures, Frame, JsonReport, Targets, read_picture, write_picture

IMAGE = np.full((60, 90, 3), 70, np.uint8)
FOUND = Detections(np.array([[10, 20, 50.004, 40]]), np.array([0.75]), np.array([3]), ("dog",))


def _frame(path: str = "in/a.png", relative: str = "a.png") -> Frame:
    return Frame(path, Path(relative), IMAGE)


def test_boxes_are_drawn(tmp_path: Path) -> None:
    sink = AnnotatedPictures(Targets(tmp_path / "new" / "out"))
    sink.write(_frame(relative="sub/a.png"), FOUND)
    sink.close()
    np.testing.assert_array_equal(read_picture(tmp_path / "new" / "out" / "sub" / "a.png"), FOUND.draw(IMAGE))


def test_names_that_are_taken_get_a_number(tmp_path: Path) -> None:
    sink = AnnotatedPictures(Targets(tmp_path))
    for _ in range(3):
        sink.write(_frame(), FOUND)
    sink.write(_frame(relative="a.gif"), FOUND)
    sink.write(_frame(relative="A.png"), FOUND)
    sink.write(_frame(relative="noending"), FOUND)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "A-4.png",
        "a-2.png",
        "a-3.png",
        "a.jpg",
        "a.png",
        "noending.jpg",
    ]


def test_an_earlier_result_is_replaced_but_never_the_picture_itself(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", IMAGE)
    AnnotatedPictures(Targets(tmp_path)).write(_frame(str(tmp_path / "b.png")), FOUND)
    assert (read_picture(tmp_path / "a.png") != IMAGE).any()
    write_picture(tmp_path / "a.png", IMAGE)
    with pytest.raises(MediaError, match=r"a\.png: is a picture to look at; choose another folder"):
        AnnotatedPictures(Targets(tmp_path, [tmp_path / "a.png"])).write(_frame(), FOUND)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png"), IMAGE)


def test_classes_are_not_drawn(tmp_path: Path) -> None:
    AnnotatedPictures(Targets(tmp_path)).write(_frame(), [Classification(0, "cat", 0.5)])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MediaError, match="file: cannot be made: File exists"):
        Targets(tmp_path / "file")


def test_json(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    sink = JsonReport(path)
    sink.write(_frame(), FOUND)
    sink.write(_frame("in/b.png"), [Classification(1, "犬", 0.123456789)])
    assert not path.exists()
    sink.close()
    assert json.loads(path.read_text()) == [
        {
            "file": "in/a.png",
            "width": 90,
            "height": 60,
            "detections": [{"class_id": 3, "name": "dog", "confidence": 0.75, "xyxy": [10, 20, 50, 40]}],
        },
        {
            "file": "in/b.png",
            "width": 90,
            "height": 60,
            "classes": [{"class_id": 1, "name": "犬", "probability": 0.123457}],
        },
    ]


def test_json_to_a_stream() -> None:
    stream = io.StringIO()
    JsonReport(stream).close()
    assert json.loads(stream.getvalue()) == []


def test_json_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"x\.json: there is no folder .*none"):
        JsonReport(tmp_path / "none" / "x.json")
