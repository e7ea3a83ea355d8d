"""Videos, cameras, addresses, standard input, and all of them together."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from darkcsp.errors import MediaError
from darkcsp.media import (
    Camera,
    Frame,
    PictureUrl,
    StandardInput,
    Unreadable,
    VideoFile,
    open_sources,
    write_picture,
)
from darkcsp.media.paths import Found
from darkcsp.media.picture_url import file_name, load
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


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for them
    go_on: threading.Event

    def server_activate(self) -> None:
        self.go_on = threading.Event()
        super().server_activate()


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/a%20b.png?size=1")
            self.end_headers()
        elif self.path == "/to-a-file":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
        elif self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"x")
            self.server.go_on.wait(60)
        elif self.path.startswith("/a"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(PNG)
        else:
            self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with _Server(("127.0.0.1", 0), _Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}"
        httpd.go_on.set()
        httpd.shutdown()


@pytest.mark.parametrize("path", ["/a%20b.png?size=1", "/moved"])
def test_an_address(path: str, server: str) -> None:
    (frame,) = PictureUrl(server + path)
    assert isinstance(frame, Frame)
    assert frame.origin == server + path
    np.testing.assert_array_equal(frame.image, IMAGE)


def test_addresses_that_give_no_picture(server: str) -> None:
    (item,) = PictureUrl(server + "/none.png")
    assert isinstance(item, Unreadable)
    assert "/none.png: cannot be loaded: the server answers 404" in str(item.error)
    for url, message in (
        (server + "/to-a-file", "cannot be loaded: the server answers 302"),
        ("http://127.0.0.1:1/x.png", "cannot be loaded: .*refused"),
        ("http://", "cannot be loaded: "),
    ):
        with pytest.raises(MediaError, match=message):
            load(url)


def test_neither_too_much_nor_too_long(server: str) -> None:
    assert load(server + "/a.png", largest=len(PNG)) == PNG
    with pytest.raises(MediaError, match=f"is larger than {len(PNG) - 1} bytes"):
        load(server + "/a.png", largest=len(PNG) - 1)
    with pytest.raises(MediaError, match="takes too long to load; 1 bytes came"):
        load(server + "/drip", patience=0)  # says so after the first byte; the next would come in a minute


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://a/b/c.jpg?x=/y.png#z", "c.jpg"),
        ("http://a", "picture"),
        ("http://a/..", "picture"),
        ("http://a/%2e%2e%2fpasswd", "passwd"),
        ("http://a/x%00%5Cy.png", "x__y.png"),
    ],
)
def test_names_of_addresses_are_harmless(url: str, name: str) -> None:
    assert file_name(url) == Path(name)


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
