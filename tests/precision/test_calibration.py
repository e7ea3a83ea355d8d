from __future__ import annotations

from pathlib import Path

import pytest

from darkcsp.errors import MediaError
from darkcsp.precision import open_calibration
from tests.precision.pictures import write_pictures


def test_pictures_are_read_anew_in_every_pass(tmp_path: Path) -> None:
    pictures = open_calibration([write_pictures(tmp_path / "a")])
    assert len(pictures) == 3
    assert [picture.shape for picture in pictures] == [picture.shape for picture in pictures] == [(32, 32, 3)] * 3


def test_videos_are_left_out_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "a", 2)
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "film.mp4").write_bytes(b"no film")
    pictures = open_calibration([folder])
    assert [Path(path).name for path in pictures.files] == ["0.png", "1.png"]
    assert pictures.unreadable == (f"{folder}/broken.jpg: is not a picture that OpenCV can read",)


def test_large_pictures_are_left_out(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "a", 1)
    write_pictures(tmp_path / "a" / "large", 1, 64)
    pictures = open_calibration([folder], most_pixels=32 * 32)
    assert [Path(path).name for path in pictures.files] == ["0.png"]
    assert pictures.unreadable == (f"{folder}/large/0.png: has 64x64 pixels, expected at most 1024 in all",)
    assert [picture.shape for picture in pictures] == [(32, 32, 3)]


def test_a_number_is_spread_over_all(tmp_path: Path) -> None:
    pictures = open_calibration([write_pictures(tmp_path / "a", 7)], most=3)
    assert [Path(path).name for path in pictures.files] == ["0.png", "2.png", "4.png"]


def test_no_picture_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    with pytest.raises(MediaError, match=r"has no readable picture, .*broken.jpg: is not a picture"):
        open_calibration([tmp_path])
    with pytest.raises(MediaError, match="no such file or folder"):
        open_calibration([tmp_path / "nowhere"])
