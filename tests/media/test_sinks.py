"""Where results go."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from darkcsp.detect import Classification, Detections
from darkcsp.detect.coco_format import COCO_NAMES
from darkcsp.errors import MediaError
from darkcsp.media import (
    AnnotatedPictures,
    AnnotatedVideos,
    Clip,
    CocoResults,
    CsvTable,
    Frame,
    JsonLines,
    JsonReport,
    Targets,
    VocAnnotations,
    YoloLabels,
    read_picture,
    write_picture,
)

IMAGE = np.full((60, 90, 3), 70, np.uint8)
FOUND = Detections(np.array([[10, 20, 50.004, 40]]), np.array([0.75]), np.array([3]), ("dog",))

BEYOND = Detections(
    np.array([[-10, -5, 45, 30], [80, 50, 120, 70], [-9, 1, -1, 5], [60.4, 10.6, 70.5, 20.5]]),
    np.array([0.9, 0.8, 0.7, 0.6]),
    np.array([0, 1, 0, 1]),
    ("cat", "a <dog> & co", "cat", "x\x01"),
)
"""Two boxes cut by the picture's edges, one beyond it, one inside with edges between pixels."""


def _found(*boxes: list[float], class_id: int = 0) -> Detections:
    ones = np.ones(len(boxes), np.float32)
    return Detections(np.array(boxes, np.float32), ones, np.full(len(boxes), class_id))


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
    with pytest.raises(MediaError, match=r"a\.png: is an input or another output; choose another folder"):
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
    with pytest.raises(MediaError, match=r"x\.json: the folder .*none does not exist"):
        JsonReport(tmp_path / "none" / "x.json")


def _clip_frame(clip: Clip, number: int, relative: str = "film.avi", value: int = 70) -> Frame:
    return Frame(f"in/{relative}", Path(relative), np.full((48, 64, 3), value, np.uint8), clip, number)


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("relative", "written"), [("sub/film.avi", "sub/film.avi"), ("film.webm", "film.mp4")])
def test_videos_have_as_many_frames_and_the_same_rate(relative: str, written: str, tmp_path: Path) -> None:
    sink, clip = AnnotatedVideos(Targets(tmp_path)), Clip(12.5)
    for number in range(7):
        sink.write(_clip_frame(clip, number, relative, number * 20), Detections.empty())
        assert not (tmp_path / written).exists()
    sink.close()
    sink.discard()
    assert _names(tmp_path) == [written]
    capture = cv2.VideoCapture(str(tmp_path / written))
    assert capture.get(cv2.CAP_PROP_FPS) == 12.5
    images = []
    while (item := capture.read())[0]:
        images.append(item[1])
    assert [round(float(image.mean()) / 20) for image in images] == list(range(7))


def test_boxes_are_drawn_on_frames_and_each_clip_has_a_file(tmp_path: Path) -> None:
    sink, first, second = AnnotatedVideos(Targets(tmp_path)), Clip(5), Clip(5)
    sink.write(_clip_frame(first, 0), FOUND)
    sink.write(_clip_frame(second, 0), FOUND)
    assert (tmp_path / "film.avi").exists()
    sink.write(_frame(), FOUND)
    sink.close()
    assert _names(tmp_path) == ["film-2.avi", "film.avi"]
    _, image = cv2.VideoCapture(str(tmp_path / "film.avi")).read()
    expected = FOUND.draw(_clip_frame(first, 0).image)
    to_drawn, to_plain = (np.abs(image.astype(int) - other).mean() for other in (expected, 70))
    assert to_drawn < to_plain / 3  # not 0: JPEG halves the resolution of colours


def test_a_video_that_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "film.avi").write_bytes(b"old")
    sink, clip = AnnotatedVideos(Targets(tmp_path)), Clip(5)
    sink.write(_clip_frame(clip, 0), FOUND)
    with pytest.raises(MediaError, match=r"film\.avi: a frame is 90x60, expected 64x48 like the frames before it"):
        sink.write(Frame("in/film.avi", Path("film.avi"), IMAGE, clip, 1), FOUND)
    sink.discard()
    assert _names(tmp_path) == ["film.avi"]
    assert (tmp_path / "film.avi").read_bytes() == b"old"


def test_pictures_and_videos_leave_each_other_alone(tmp_path: Path) -> None:
    pictures, videos = AnnotatedPictures(Targets(tmp_path)), AnnotatedVideos(Targets(tmp_path))
    pictures.write(_clip_frame(Clip(5), 0), FOUND)
    videos.write(_frame(), FOUND)
    videos.write(_clip_frame(Clip(5), 0), [Classification(0, "cat", 0.5)])
    videos.close()
    assert _names(tmp_path) == []


def test_json_lines(tmp_path: Path) -> None:
    path, stream = tmp_path / "x.jsonl", io.StringIO()
    for target in (path, stream):
        sink = JsonLines(target)
        sink.write(_frame(), FOUND)
        sink.write(_clip_frame(Clip(5), 4), Detections.empty())
        assert not path.exists()
        sink.close()
        sink.discard()
        path = tmp_path / "never"
    expected = (
        '{"file": "in/a.png", "width": 90, "height": 60, "detections": [{"class_id": 3, "name": "dog", '
        '"confidence": 0.75, "xyxy": [10.0, 20.0, 50.0, 40.0]}]}\n'
        '{"file": "in/film.avi", "frame": 4, "width": 64, "height": 48, "detections": []}\n'
    )
    assert (tmp_path / "x.jsonl").read_text() == stream.getvalue() == expected


def test_csv(tmp_path: Path) -> None:
    sink = CsvTable(tmp_path / "x.csv")
    sink.write(_frame("in/a, b.png"), FOUND)
    sink.write(_clip_frame(Clip(5), 4), FOUND)
    sink.write(_frame("in/c.png"), [Classification(1, 'the "cat"', 0.123456789)])
    sink.write(_frame("in/none.png"), Detections.empty())
    sink.close()
    text = (tmp_path / "x.csv").read_text()
    assert text == (
        "file,frame,width,height,class_id,name,confidence,left,top,right,bottom\n"
        '"in/a, b.png",,90,60,3,dog,0.750000,10.00,20.00,50.00,40.00\n'
        "in/film.avi,4,64,48,3,dog,0.750000,10.00,20.00,50.00,40.00\n"
        'in/c.png,,90,60,1,"the ""cat""",0.123457,,,,\n'
    )
    assert {len(row) for row in csv.reader(text.splitlines())} == {11}


def test_a_table_of_nothing_has_its_header() -> None:
    stream = io.StringIO()
    CsvTable(stream).close()
    assert stream.getvalue().startswith("file,frame,width")
    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize("kind", [JsonLines, CsvTable])
def test_growing_files_appear_whole_or_not_at_all(kind: type[JsonLines], tmp_path: Path) -> None:
    (tmp_path / "x").write_text("old")
    sink = kind(tmp_path / "x")
    sink.write(_frame(), FOUND)
    assert (tmp_path / "x").read_text() == "old"
    sink.discard()
    assert _names(tmp_path) == ["x"]
    assert (tmp_path / "x").read_text() == "old"
    with pytest.raises(MediaError, match=r"the folder .* does not exist"):
        kind(tmp_path / "none" / "x")


def test_yolo_labels(tmp_path: Path) -> None:
    sink = YoloLabels(Targets(tmp_path))
    sink.write(_frame(relative="sub/a.png"), FOUND)
    sink.write(_frame(relative="b.png"), Detections.empty())
    sink.write(_frame(relative="c.png"), BEYOND)
    sink.write(_clip_frame(Clip(5), 12), Detections.empty())
    sink.write(_frame(relative="d.png"), [Classification(0, "cat", 1)])
    sink.close()
    assert _names(tmp_path) == ["b.txt", "c.txt", "film-000012.txt", "sub/a.txt"]
    # cx = (10 + 50) / 2 / 90, cy = (20 + 40) / 2 / 60, w = 40 / 90, h = 20 / 60
    assert (tmp_path / "sub" / "a.txt").read_text() == "3 0.333356 0.500000 0.444489 0.333333\n"
    assert (tmp_path / "b.txt").read_text() == ""
    rows = np.loadtxt(tmp_path / "c.txt")
    assert rows.shape == (3, 5)
    assert (rows[:, 1:] >= 0).all() and (rows[:, 1:] <= 1).all()
    np.testing.assert_allclose(rows[0], [0, 22.5 / 90, 15 / 60, 45 / 90, 30 / 60], atol=1e-6)
    np.testing.assert_allclose(rows[1], [1, 85 / 90, 55 / 60, 10 / 90, 10 / 60], atol=1e-6)


def test_voc_annotations(tmp_path: Path) -> None:
    sink = VocAnnotations(Targets(tmp_path))
    sink.write(_frame("in/pictures/c.png", "c.png"), BEYOND)
    sink.write(_clip_frame(Clip(5), 12), Detections.empty())
    sink.close()
    assert _names(tmp_path) == ["c.xml", "film-000012.xml"]
    root = ElementTree.parse(tmp_path / "c.xml").getroot()
    assert root.tag == "annotation"
    assert [root.findtext(tag) for tag in ("folder", "filename", "segmented")] == ["pictures", "c.png", "0"]
    assert [root.findtext(f"size/{tag}") for tag in ("width", "height", "depth")] == ["90", "60", "3"]
    found = [
        (item.findtext("name"), item.findtext("truncated"), item.findtext("difficult"), item.findtext("confidence"))
        for item in root.iter("object")
    ]
    assert found == [
        ("cat", "1", "0", "0.900000"),
        ("a <dog> & co", "1", "0", "0.800000"),
        ("x?", "0", "0", "0.600000"),
    ]
    boxes = [[int(edge.text or "") for edge in item] for item in root.iter("bndbox")]
    assert [edge.tag for edge in next(root.iter("bndbox"))] == ["xmin", "ymin", "xmax", "ymax"]
    # Pixels count from 1, and the last is part of the box: 60.4..70.5 holds the middles 60.5 to 69.5.
    assert boxes == [[1, 1, 45, 30], [81, 51, 90, 60], [61, 12, 70, 20]]


def test_voc_boxes_have_a_pixel_at_least(tmp_path: Path) -> None:
    sink = VocAnnotations(Targets(tmp_path))
    tiny = _found([10.6, 89.0, 10.7, 90.0], [89.9, 59.9, 91, 61])
    sink.write(_frame(relative="a.png"), tiny[[1]])
    edges = ElementTree.parse(tmp_path / "a.xml").getroot().find("object/bndbox")
    assert edges is not None
    assert [edge.text for edge in edges] == ["90", "60", "90", "60"]


def test_coco_results(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    sink = CocoResults(path)
    sink.write(_frame("in/000000000139.jpg"), FOUND)
    sink.write(_frame("in/000000000285.jpg"), BEYOND)
    sink.close()
    entries = json.loads(path.read_text())
    assert entries[0] == {
        "image_id": 139,
        "file_name": "000000000139.jpg",
        "category_id": 4,
        "bbox": [10.0, 20.0, 40.004, 20.0],
        "score": 0.75,
    }
    assert [item["bbox"] for item in entries[1:]] == [
        [0, 0, 45, 30],
        [80, 50, 10, 10],
        [60.4, 10.6, 10.1, 9.9],
    ]
    coco = pytest.importorskip("pycocotools.coco")
    truth = coco.COCO()
    truth.dataset = {
        "images": [{"id": 139}, {"id": 285}],
        "categories": [{"id": number} for number in range(1, 5)],
        "annotations": [],
        "info": {},
    }
    truth.createIndex()
    loaded = truth.loadRes(str(path))
    assert len(loaded.anns) == 4
    assert loaded.anns[1]["area"] == pytest.approx(800, abs=1)


def test_coco_results_of_pictures_without_numbers_are_refused() -> None:
    sink = CocoResults(io.StringIO())
    sink.write(_frame("in/7.png"), FOUND)
    for frame, message in (
        (_frame("in/seven.png"), r"in/seven\.png: has no COCO image id"),
        (_frame("other/7.png"), r"other/7\.png: has COCO image id 7, the same as in/7\.png"),
        (_frame("in/7.png"), r"in/7\.png: appears twice"),
        (_clip_frame(Clip(5), 12), "frames of videos have no COCO image ids"),
    ):
        with pytest.raises(MediaError, match=message):
            sink.write(frame, FOUND)
    with pytest.raises(MediaError, match=r"x\.png: has no COCO image id"):
        CocoResults(io.StringIO(), pictures=["in/1.png", "in/x.png"])


def test_coco_s_own_classes() -> None:
    stream = io.StringIO()
    sink = CocoResults(stream, COCO_NAMES)
    sink.write(_frame("in/COCO_val2014_000000000042.jpg"), _found([1, 2, 3, 4], class_id=11))
    with pytest.raises(MediaError, match="class 80 has no COCO category id"):
        sink.write(_frame("in/43.jpg"), _found([1, 2, 3, 4], class_id=80))
    sink.close()
    (entry,) = json.loads(stream.getvalue())
    assert (entry["image_id"], entry["category_id"]) == (42, 13)
