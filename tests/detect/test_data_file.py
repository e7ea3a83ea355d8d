"""Darknet's .data files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from darkcsp.detect import Detector
from darkcsp.detect.data_file import DataFile, read_data
from darkcsp.errors import ArgumentError, CfgWarning, LimitError, MediaError
from darkcsp.limits import Limits
from tests.detect.stub import detector_stub

ROW = [0.5, 0.5, 0.2, 0.4, 0.9, 0.8, 0.1]
COCO = """\
classes= 2
train  = data/train.txt
# remark
valid  = data/valid.txt
names = data/x.names
backup = backup/

;eval=coco
anything = else = this
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data file as Darknet has them: in cfg/, with paths from the folder above."""
    for folder in ("cfg", "data"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data/x.names").write_text("cat\ndog\n")
    (tmp_path / "data/valid.txt").write_text("data/a.png\n\nnowhere/b.png\n")
    (tmp_path / "data/a.png").write_bytes(b"")
    path = tmp_path / "cfg/x.data"
    path.write_text(COCO)
    return path


def test_options(data: Path) -> None:
    found = read_data(data)
    assert found.options == {
        "classes": "2",
        "train": "data/train.txt",
        "valid": "data/valid.txt",
        "names": "data/x.names",
        "backup": "backup/",
        "anything": "else = this",
    }
    assert found.read_names() == ("cat", "dog")


def test_paths_are_the_working_directory_s_then_beside_the_file_then_above(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [tmp_path / "work", data.parent, tmp_path]
    for folder in places:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "data/x.names").write_text(f"{folder.name}\ndog\n")
    monkeypatch.chdir(places[0])
    for folder in places:
        assert read_data(data).read_names()[0] == folder.name
        (folder / "data/x.names").unlink()
    with pytest.raises(MediaError, match=r"x\.data: names=data/x\.names: no such file in '\.', '.*cfg', "):
        read_data(data).read_names()


def test_absolute_paths(tmp_path: Path) -> None:
    path = tmp_path / "x.names"
    path.write_text("cat\n")
    assert DataFile(tmp_path / "no/x.data", {"names": str(path)}).names == path


def test_labels_are_the_names_of_classifiers(tmp_path: Path) -> None:
    (tmp_path / "x.list").write_text("cat\n")
    (tmp_path / "x.data").write_text("labels = x.list\n")
    assert read_data(tmp_path / "x.data").read_names() == ("cat",)


def test_the_pictures_of_the_list(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = read_data(data).pictures()
    assert (Path(first), Path(second)) == (Path("data/a.png"), Path("nowhere/b.png"))
    (tmp_path / "data/valid.txt").write_text("-\n0\n")  # neither standard input nor a camera
    assert read_data(data).pictures() == ("./-", "./0")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("classes=2\n", "x.data: has no names="),
        ("cat\ndog\n", r"x.data:1: 'cat' is not key=value; pass a list of names as --names"),
        ("names=a\n=b\n", "x.data:2: '=b' is not key=value"),
        ("names=a\nnames=b\n", "x.data:2: names= is given twice"),
        ("\n\n", "x.data: is empty, expected options of a .data file such as names=coco.names"),
        ("names=\0", "x.data: is a binary file, expected options of a .data file"),
        ("names=none.names\n", "x.data: names=none.names: no such file in"),
        ("names=none.names", "x.data: names=none.names: no such file in"),
    ],
)
def test_what_is_wrong_is_told(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.data"
    path.write_text(text)
    with pytest.raises(MediaError, match=message):
        read_data(path).read_names()
    with pytest.raises(MediaError, match=r"x\.data"):
        read_data(path).pictures()


def test_it_cannot_be_larger_than_a_list_of_names(data: Path) -> None:
    with pytest.raises(LimitError, match=r"x\.data: has .* bytes of class names; at most 20"):
        read_data(data, Limits(names_bytes=20))


def test_another_number_of_classes_is_told(data: Path) -> None:
    data.write_text(COCO.replace("classes= 2", "classes= 3"))
    with pytest.warns(CfgWarning, match=r"x\.data: says classes=3, but .*x\.names has 2 names"):
        read_data(data).read_names()


def test_a_detector_takes_its_names_from_it(data: Path) -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    assert Detector(detector_stub([ROW]), data=data)(image).names == ("cat",)
    assert Detector(detector_stub([ROW]), data=read_data(data)).names == ("cat", "dog")
    with pytest.raises(ArgumentError, match=r"^pass names= or data=, not both$"):
        Detector(detector_stub([ROW]), data=data, names=["cat", "dog"])
    with pytest.raises(MediaError, match=r"x\.data: is a \.data file, not a list of names; pass it as --data"):
        Detector(detector_stub([ROW]), names=data)
