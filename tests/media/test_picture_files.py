"""Reading and writing pictures."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from darkcsp.errors import MediaError, MissingBackendError
from darkcsp.media import Frame, PictureFiles, Unreadable, find_pictures, read_picture, write_picture

IMAGE = np.random.default_rng(0).integers(0, 256, (12, 20, 3), np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".PPM", ".tiff"])
def test_there_and_back(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"bild 犬{suffix}"
    write_picture(path, IMAGE)
    np.testing.assert_array_equal(read_picture(path), IMAGE)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_grey_pictures_become_bgr(tmp_path: Path) -> None:
    write_picture(tmp_path / "x.png", IMAGE[..., 0])
    np.testing.assert_array_equal(read_picture(tmp_path / "x.png"), np.repeat(IMAGE[..., :1], 3, 2))


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"none\.png: cannot be read: No such file"):
        read_picture(tmp_path / "none.png")
    path = tmp_path / "x.png"
    path.touch()
    with pytest.raises(MediaError, match=r"x\.png: is empty, expected a picture"):
        read_picture(path)
    path.write_bytes(b"GIF" + bytes(50))
    with pytest.raises(MediaError, match=r"x\.png: is not a picture that OpenCV can read"):
        read_picture(path)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"x\.doc: pictures can be written as \.bmp"):
        write_picture(tmp_path / "x.doc", IMAGE)
    with pytest.raises(MediaError, match=r"x\.png: cannot be written: No such file"):
        write_picture(tmp_path / "none" / "x.png", IMAGE)
    with pytest.raises(MediaError, match=r"x\.png: "):
        write_picture(tmp_path / "x.png", IMAGE[:0])
    assert list(tmp_path.iterdir()) == []


def test_one_that_cannot_be_read_does_not_end_the_rest(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", IMAGE)
    (tmp_path / "b.png").write_bytes(b"no picture")
    write_picture(tmp_path / "c.png", IMAGE[:5])
    source = PictureFiles(find_pictures([tmp_path]))
    assert source.count == 3
    first, second, third = source
    assert isinstance(first, Frame)
    assert isinstance(second, Unreadable)
    assert isinstance(third, Frame)
    assert (first.relative, third.image.shape) == (Path("a.png"), (5, 20, 3))
    assert (second.origin, "is not a picture" in str(second.error)) == ((tmp_path / "b.png").as_posix(), True)


def test_opencv_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "x.png").touch()
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(MissingBackendError, match="pip install opencv-python"):
        read_picture(tmp_path / "x.png")
