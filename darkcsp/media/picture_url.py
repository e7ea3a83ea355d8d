"""The source that loads a picture from the web.

A server may be slow without ever being silent, both in endless headers and in the body, and the well-known HTTP clients
(urllib3, httpx, Python's own) limit only single waits. So a separate thread loads the picture, and the connection is
cut when time is up. The host name is looked up in that thread, too, because nothing can cut a lookup short.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from queue import Empty, SimpleQueue
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from darkcsp.errors import MediaError
from darkcsp.media.frame import Frame, Unreadable
from darkcsp.media.picture_files import MOST_PIXELS, decode_picture
from darkcsp.version import __version__

SILENCE = 10.0
"""Seconds without an answer after which loading is abandoned."""

PATIENCE = 60.0
"""Seconds that loading may take in total."""

LARGEST = 64_000_000
"""Size of the largest file that is loaded, in bytes."""

_PIECE = 65536


class PictureUrl:
    """A Source of one picture at an http or https address."""

    count = 1

    def __init__(self, url: str, most_pixels: int | None = MOST_PIXELS) -> None:
        self._url, self._most_pixels = url, most_pixels

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        try:
            image = decode_picture(load(self._url), self._url, self._most_pixels)
        except MediaError as error:
            yield Unreadable(self._url, error)
        else:
            yield Frame(self._url, file_name(self._url), image)


def load(url: str, largest: int = LARGEST, patience: float = PATIENCE) -> bytearray:
    """Load the contents of an http or https address.

    Up to ten redirects are followed, within the same limits.

    Raises MediaError if the server refuses or is silent, if loading takes longer than `patience` seconds, or if there
    are more than `largest` bytes, or fewer than the server announced.
    """
    answers: SimpleQueue[bytearray | BaseException] = SimpleQueue()
    line = _Line()

    def work() -> None:
        try:
            answers.put(_load(url, largest, line))
        except BaseException as error:  # raised again in the caller's thread
            answers.put(error)

    threading.Thread(target=work, name="darkcsp loader", daemon=True).start()
    try:
        answer = answers.get(timeout=patience)
    except Empty:
        raise MediaError(url, f"takes too long to load; the limit is {patience:g} seconds") from None
    finally:
        line.cut()
    if isinstance(answer, BaseException):
        raise answer
    return answer


def file_name(url: str) -> Path:
    """Return a name for the picture's files: the last part of the address, made safe as a file name."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    return Path(re.sub(r"[^\w.-]", "_", name).strip(".")[-100:] or "picture")


class _Line:
    """The connection in use, which can be cut from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: socket.socket | None = None
        self._is_cut = False

    def hold(self, connection: socket.socket) -> None:
        """Remember a new connection in place of the last one. Raises TimeoutError once the line is cut."""
        with self._lock:
            self._let_go()
            if self._is_cut:
                raise TimeoutError("the connection was abandoned")
            self._held = connection.dup()  # TLS detaches the socket from its object

    def cut(self) -> None:
        """End the connection and all later ones."""
        with self._lock:
            self._is_cut = True
            self._let_go()

    def _let_go(self) -> None:
        if self._held is not None:
            with contextlib.suppress(OSError), self._held:
                self._held.shutdown(socket.SHUT_RDWR)
            self._held = None


class _Connection(http.client.HTTPConnection):
    """A connection that can be cut."""

    line: _Line

    def connect(self) -> None:
        """Connect."""
        super().connect()
        self.line.hold(self.sock)


class _Encrypted(http.client.HTTPSConnection, _Connection):
    """Its `connect` calls that of `_Connection` before the TLS handshake, so the handshake can be cut as well."""


class _Http(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens http and https addresses over connections that can be cut."""

    def __init__(self, line: _Line) -> None:
        super().__init__()
        self._line = line

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        """Open an http address."""
        return self.do_open(self._on_line(_Connection), request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        """Open an https address."""
        return self.do_open(self._on_line(_Encrypted), request)

    def _on_line(self, kind: type[_Connection]) -> Callable[..., _Connection]:
        def connection(host: str, **options: Any) -> _Connection:
            made = kind(host, **options)
            made.line = self._line
            return made

        return connection


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Does not read the body of a redirect, which may be endless."""

    def http_error_302(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: http.client.HTTPMessage
    ) -> Any:
        """Follow a redirect of any kind."""
        fp.close()
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _load(url: str, largest: int, line: _Line) -> bytearray:
    opener = urllib.request.OpenerDirector()
    for handler in (  # not urlopen's own handlers: they would follow a redirect to ftp
        urllib.request.ProxyHandler(),
        _Http(line),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirects(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    try:
        request = urllib.request.Request(url, headers={"User-Agent": f"darkcsp/{__version__}"})
        with opener.open(request, timeout=SILENCE) as response:
            return _read(response, url, largest)
    except urllib.error.HTTPError as error:
        error.close()  # it is also the response, whose connection would stay open
        phrase = http.client.responses.get(error.code, "")
        raise MediaError(url, f"cannot be loaded: the server answered {error.code} {phrase}".rstrip()) from None
    except urllib.error.URLError as error:
        raise MediaError(url, f"cannot be loaded: {_plain(error.reason)}") from None
    except http.client.IncompleteRead:
        raise MediaError(url, "is cut off: its last chunk did not arrive") from None
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: not an address
        raise MediaError(url, f"cannot be loaded: {_plain(error) or type(error).__name__}") from None


def _plain(reason: object) -> str:
    """Return a reason as a short printable line; some repeat the server's words."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(reason)[:200])


def _read(response: http.client.HTTPResponse, url: str, largest: int) -> bytearray:
    expected = response.length  # None if the server does not say
    if expected is not None and expected > largest:
        raise MediaError(url, f"has {expected} bytes, expected at most {largest}")
    data = bytearray()
    while piece := response.read1(_PIECE):
        data += piece
        if len(data) > largest:
            raise MediaError(url, f"has more than {largest} bytes")
    if expected is not None and len(data) < expected:
        raise MediaError(url, f"is cut off: {len(data)} of {expected} bytes arrived")
    return data
