"""Pictures from the web: servers that behave, and servers that do not."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from darkcsp.errors import MediaError
from darkcsp.media import Frame, PictureUrl, Unreadable
from darkcsp.media.picture_url import file_name, load

IMAGE = np.random.default_rng(0).integers(0, 256, (12, 20, 3), np.uint8)
PNG = cv2.imencode(".png", IMAGE)[1].tobytes()


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
    assert "/none.png: cannot be loaded: the server answered 404" in str(item.error)
    for url, message in (
        (server + "/to-a-file", "cannot be loaded: the server answered 302"),
        ("http://127.0.0.1:1/x.png", "cannot be loaded: .*refused"),
        ("http://", "cannot be loaded: "),
    ):
        with pytest.raises(MediaError, match=message):
            load(url)


def test_neither_too_much_nor_too_long(server: str) -> None:
    assert load(server + "/a.png", largest=len(PNG)) == PNG
    with pytest.raises(MediaError, match=f"has more than {len(PNG) - 1} bytes"):
        load(server + "/a.png", largest=len(PNG) - 1)
    with pytest.raises(MediaError, match="takes too long to load; the limit is 0 seconds"):
        load(server + "/drip", patience=0)


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


Talk = Callable[[socket.socket], None]
"""What a server says, once it has the request."""


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Talk], str]]:
    """Gives the address of a server that says what it is told to, to every connection."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    listening: list[socket.socket] = []

    def start(talk: Talk) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def run() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:  # the test is over
                    return
                with connection:
                    connection.settimeout(5)
                    try:
                        connection.recv(65536)
                        talk(connection)
                    except OSError:
                        pass

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/x.png"

    yield start
    for server in listening:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def _says(*parts: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return talk


def _endlessly(head: bytes, part: bytes, pause: float = 0.0) -> Talk:
    def talk(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(part)
            time.sleep(pause)

    return talk


_OK = b"HTTP/1.1 200 OK\r\n"

SLOW: dict[str, Talk] = {
    "says nothing": lambda connection: time.sleep(3),
    "drips its status": _endlessly(b"", b"H", 0.02),
    "drips a header": _endlessly(_OK + b"X: ", b"x", 0.02),
    "continues without end": _endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "continues slowly without end": _endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.02),
    "drips what it has": _endlessly(_OK + b"\r\n", b"x", 0.02),
    "drips chunks": _endlessly(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.02),
    "ends chunks with headers without end":
        _endlessly(_OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: x\r\n"),
    "redirects, and does not come to an end":
        _endlessly(b"HTTP/1.1 302 Found\r\nLocation: /slow.png\r\nX: ", b"x", 0.02),
}  # fmt: skip


@pytest.mark.parametrize(("scheme", "name"), [*(("http", name) for name in SLOW), ("https", "says nothing")])
def test_the_time_is_limited_as_a_whole(scheme: str, name: str, serve: Callable[[Talk], str]) -> None:
    url, begin = serve(SLOW[name]).replace("http", scheme, 1), time.monotonic()
    with pytest.raises(MediaError, match=r"takes too long to load; the limit is 0\.3 seconds"):
        load(url, patience=0.3)
    assert time.monotonic() - begin < 2
    for _ in range(100):  # nor does anything go on behind the caller's back
        if not [thread for thread in threading.enumerate() if thread.name == "darkcsp loader"]:
            return
        time.sleep(0.02)
    raise AssertionError("the connection is open still")


REFUSED: list[tuple[str, Talk, str]] = [
    ("an endless picture", _endlessly(_OK + b"\r\n", bytes(65536)), "has more than 100000 bytes"),
    ("endless chunks",
     _endlessly(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + bytes(0x8000) + b"\r\n"),
     "has more than 100000 bytes"),
    ("a chunk that is announced as endless",
     _endlessly(_OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", bytes(65536)),
     "has more than 100000 bytes"),
    ("a length beyond the limit", _says(_OK + b"Content-Length: 100001\r\n\r\n"), "has 100001 bytes, expected at most"),
    ("less than was announced", _says(_OK + b"Content-Length: 500\r\n\r\n", bytes(499)),
     "is cut off: 499 of 500 bytes arrived"),
    ("half of the chunks", _says(_OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc"), "is cut off: its last"),
    ("chunks without a last one", _says(_OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n"), "is cut off"),
    ("endless headers", _endlessly(_OK, b"X: x\r\n"), "got more than 100 headers"),
    ("a header of a megabyte", _says(_OK, b"X: " + b"x" * 1_000_000 + b"\r\n\r\n"), "got more than 65536 bytes"),
    ("a status that is none", _says(b"\x1b[31mHello\r\n\r\n" + b"x" * 999), r"cannot be loaded: \?\[31mHello"),
    ("a long status that is none", _says(b"x" * 60_000 + b"\r\n\r\n"), "cannot be loaded: x{1,200}$"),
    ("an error in strange words", _says(b"HTTP/1.1 404 \x1b[31mGone\r\n\r\n"), "the server answered 404 Not Found$"),
    ("nothing", _says(), "cannot be loaded"),
    ("redirects in a circle",
     _says(b"HTTP/1.1 302 Found\r\nLocation: /x.png\r\n\r\n"), "the server answered 302 Found$"),
    ("an endless redirect", _endlessly(b"HTTP/1.1 302 Found\r\nLocation: /x.png\r\n\r\n", bytes(65536)),
     "the server answered 302 Found$"),
    ("a redirect to a file", _says(b"HTTP/1.1 302 Found\r\nLocation: file:///etc/hostname\r\n\r\n"),
     "the server answered 302 Found$"),
    ("a redirect to ftp", _says(b"HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x.png\r\n\r\n"),
     "unknown url type: ftp"),
    ("a redirect to nowhere", _says(b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n"), "Invalid IPv6 URL"),
]  # fmt: skip


@pytest.mark.parametrize(("talk", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_refused(talk: Talk, message: str, serve: Callable[[Talk], str]) -> None:
    with pytest.raises(MediaError, match=message) as caught:
        load(serve(talk), largest=100_000, patience=10)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_what_is_packed_is_not_unpacked(serve: Callable[[Talk], str]) -> None:
    packed = gzip.compress(bytes(10_000_000))
    head = _OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    url = serve(_says(head, packed))
    assert load(url) == packed
    (item,) = PictureUrl(url)
    assert isinstance(item, Unreadable)
    assert "is not a picture that OpenCV can read" in str(item.error)


def test_chunks_and_continuations_are_read(serve: Callable[[Talk], str]) -> None:
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (PNG[:99], PNG[99:])) + b"0\r\n\r\n"
    head = b"HTTP/1.1 100 Continue\r\n\r\n" + _OK + b"Transfer-Encoding: chunked\r\n\r\n"
    assert load(serve(_says(head, chunks))) == PNG


def test_a_picture_from_the_web_may_be_too_large(serve: Callable[[Talk], str]) -> None:
    (item,) = PictureUrl(serve(_says(_OK + b"\r\n", PNG)), most_pixels=12 * 20 - 1)
    assert isinstance(item, Unreadable)
    assert "has 20x12 pixels, expected at most 239 in all" in str(item.error)
