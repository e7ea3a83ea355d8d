"""Videos, cameras, standard input, and all sources together."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from darkcsp.media import (
    Camera,
    Frame,
    StandardInput,
    Unreadable,
    VideoFile,
    open_sources,
    write_picture,
)
from darkcsp.media.found import Found
from tests.media.films import RATE, FakeCapture, write_film

IMAGE = np.random.default_rng(0).integers(0, 256, (12, 20, 3), np.uint8)
PNG = cv2.imencode(".png", IMAGE)[1].tobytes()


def test_a_video_gives_all_its_frames(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.avi")
    source = VideoFile(Found(path, Path("sub/film.avi")))
    frames = [frame for frame in source if isinstance(frame, Frame)]
    assert source.count == len(frames) == 9
    assert [frame.number for frame in frames] == list(range(9))
    assert [round(float(frame.image.mean()) / 20) for frame in frames] == list(range(9))
    assert len({id(frame.clip) for frame in frames}) == 1
    assert frames[0].clip is not None
    assert frames[0].clip.rate == RATE
    assert frames[3].own_path == Path("sub/film-000003.avi")
    assert frames[3].title == f"{path.as_posix()} frame 3"


def test_a_video_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    path.write_bytes(b"no video")
    source = VideoFile(Found(path, Path("film.avi")))
    (item,) = source
    assert source.count == 1
    assert isinstance(item, Unreadable)
    assert "film.avi: OpenCV cannot open it as a video" in str(item.error)


def test_a_video_without_frames_is_told_of_and_released() -> None:
    capture = FakeCapture([])
    (item,) = VideoFile(Found(Path("film.avi"), Path("film.avi")), lambda _: capture)
    assert isinstance(item, Unreadable)
    assert "film.avi: has no frame" in str(item.error)
    assert capture.released


def test_a_camera() -> None:
    opened = []
    capture = FakeCapture([IMAGE, IMAGE[::-1], IMAGE])

    def open_capture(index: int) -> FakeCapture:
        opened.append(index)
        return capture

    camera = Camera(3, open_capture)
    assert camera.count is None
    frames = [frame for frame in camera if isinstance(frame, Frame)]
    assert (opened, len(frames), capture.released) == ([3], 3, True)
    assert (frames[0].origin, frames[0].relative) == ("camera 3", Path("camera-3.mp4"))
    assert frames[0].clip is not None
    assert frames[0].clip.rate == 30
    np.testing.assert_array_equal(frames[1].image, IMAGE[::-1])


def test_a_camera_is_released_when_the_reader_stops() -> None:
    capture = FakeCapture([IMAGE] * 5)
    frames = iter(Camera(0, lambda _: capture))
    next(frames)
    assert not capture.released
    del frames
    assert capture.released


def test_a_camera_that_is_not_there() -> None:
    (item,) = Camera(0, lambda _: FakeCapture([], is_open=False))
    assert isinstance(item, Unreadable)
    assert "camera 0: OpenCV cannot open it" in str(item.error)


def test_standard_input() -> None:
    (frame,) = StandardInput(io.BytesIO(PNG))
    assert isinstance(frame, Frame)
    np.testing.assert_array_equal(frame.image, IMAGE)
    (item,) = StandardInput(io.BytesIO(b""))
    assert isinstance(item, Unreadable)
    assert str(item.error) == "standard input: is empty, expected a picture"


class _Endless(io.RawIOBase):
    """As /dev/zero."""

    given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return bytes(size)


def test_standard_input_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("darkcsp.media.standard_input.MOST_BYTES", 5_000_000)
    endless = _Endless()
    (item,) = StandardInput(endless)  # type: ignore[arg-type]
    assert isinstance(item, Unreadable)
    assert str(item.error) == "standard input: has more than 5000000 bytes"
    assert endless.given < 8_000_000


def test_standard_input_that_is_closed_or_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    (item,) = StandardInput()
    assert isinstance(item, Unreadable)
    assert str(item.error) == "standard input: is closed, expected a picture"
    handle = os.open(tmp_path, os.O_RDONLY)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(_Handle(handle)))
    (item,) = StandardInput()
    os.close(handle)
    assert isinstance(item, Unreadable)
    assert str(item.error) == "standard input: cannot be read: Is a directory"


class _Handle(io.BytesIO):
    """A stream over a system's file handle, whatever that is."""

    def __init__(self, handle: int) -> None:
        super().__init__()
        self._handle = handle

    def read(self, size: int | None = -1) -> bytes:
        return os.read(self._handle, size or 0)


def test_a_picture_on_standard_input_may_be_too_large() -> None:
    (item,) = StandardInput(io.BytesIO(PNG), most_pixels=12 * 20 - 1)
    assert isinstance(item, Unreadable)
    assert str(item.error) == "standard input: has 20x12 pixels, expected at most 239 in all"


def test_a_video_of_large_frames_is_told_of_before_one_is_read() -> None:
    capture = FakeCapture([IMAGE], size=(1e6, 1e6))
    (item,) = VideoFile(Found(Path("film.avi"), Path("film.avi")), lambda _: capture)
    assert isinstance(item, Unreadable)
    assert str(item.error) == "film.avi: has 1000000x1000000 pixels, expected at most 200000000 in all"
    assert capture.released
    frames = list(VideoFile(Found(Path("film.avi"), Path("film.avi")), lambda _: FakeCapture([IMAGE], size=(9, 9))))
    assert len(frames) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_a_fifo_among_videos_is_told_of_and_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    os.mkfifo(path)
    source = VideoFile(Found(path, Path("film.avi")))
    (item,) = source
    assert source.count == 1
    assert isinstance(item, Unreadable)
    assert f"{path}: is a FIFO, expected a file" in str(item.error)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_what_cannot_be_read_does_not_end_the_rest(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", IMAGE)
    os.mkfifo(tmp_path / "fifo.png")
    os.mkfifo(tmp_path / "film.avi")
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    with (tmp_path / "sparse.bmp").open("wb") as file:
        file.truncate(100_000_000_000)
    (tmp_path / ("n" * 251 + ".png")).write_bytes(PNG)
    (tmp_path / "half.png").write_bytes(PNG[: len(PNG) // 2])
    write_picture(tmp_path / "z.png", IMAGE)
    sources = open_sources([tmp_path], most_pixels=12 * 20)
    items = list(sources)
    assert sources.count == len(items) == 9
    told = {Path(item.origin).name: str(item.error) for item in items if isinstance(item, Unreadable)}
    assert {name: message.partition(": ")[2] for name, message in told.items()} == {
        "fifo.png": 'is a FIFO, expected a file; "-" reads standard input',
        "film.avi": 'is a FIFO, expected a file; "-" reads standard input',
        "half.png": "is cut off: a PNG without its last chunk",
        "loop.png": "cannot be read: Too many levels of symbolic links",
        "sparse.bmp": "has 100000000000 bytes, expected at most 1000000000",
        "zero.png": 'is a device, expected a file; "-" reads standard input',
    }
    assert {path.name for path in sources.files} == {"a.png", "half.png", "n" * 251 + ".png", "sparse.bmp", "z.png"}
    assert all(isinstance(item, Unreadable) for item in open_sources([tmp_path], most_pixels=12 * 20 - 1))


def test_everything_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "folder"
    folder.mkdir()
    write_picture(folder / "a.png", IMAGE)
    write_film(folder / "b.avi", 2)
    write_picture(folder / "c.png", IMAGE)
    write_picture(tmp_path / "z.png", IMAGE)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(PNG)))
    sources = open_sources([folder, "-", "z.png"])
    assert sources.count == 6
    assert [path.name for path in sources.files] == ["a.png", "b.avi", "c.png", "z.png"]
    frames = [item for item in sources if isinstance(item, Frame)]
    names = ["a.png", "b.avi", "b.avi", "c.png", "stdin", "z.png"]
    assert [frame.relative.name for frame in frames] == names


def test_a_number_is_a_camera_unless_a_file_has_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_sources(["0"]).count is None
    write_picture(tmp_path / "0.png", IMAGE)
    (tmp_path / "0.png").rename(tmp_path / "0")
    (frame,) = open_sources(["0"])
    assert isinstance(frame, Frame)
    assert frame.origin == "0"
