"""The source that loads a picture from the web."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from darkcsp.errors import MediaError
from darkcsp.media.frame import Frame, Unreadable
from darkcsp.media.picture_files import decode_picture
from darkcsp.version import __version__

SILENCE = 10.0
"""Seconds without an answer after which loading is given up."""

PATIENCE = 60.0
"""Seconds that loading may take as a whole."""

LARGEST = 64_000_000
"""Bytes of the largest file that is loaded."""

_PIECE = 65536
_HANDLERS = (  # not urlopen's own: those follow a redirect to ftp as well
    urllib.request.ProxyHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.HTTPRedirectHandler,
    urllib.request.HTTPErrorProcessor,
    urllib.request.UnknownHandler,
)


class PictureUrl:
    """A Source of one picture at an http or https address."""

    count = 1

    def __init__(self, url: str) -> None:
        self._url = url

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        try:
            image = decode_picture(load(self._url), self._url)
        except MediaError as error:
            yield Unreadable(self._url, error)
        else:
            yield Frame(self._url, file_name(self._url), image)


def load(url: str, largest: int = LARGEST, patience: float = PATIENCE) -> bytes:
    """Return what lies at an http or https address.

    Raises MediaError where the server refuses or is silent, where it takes longer than `patience` seconds, or where
    there are more than `largest` bytes.
    """
    opener = urllib.request.OpenerDirector()
    for handler in _HANDLERS:
        opener.add_handler(handler())
    end = time.monotonic() + patience
    try:
        request = urllib.request.Request(url, headers={"User-Agent": f"darkcsp/{__version__}"})
        with opener.open(request, timeout=SILENCE) as response:
            return _read(response, url, largest, end)
    except urllib.error.HTTPError as error:
        with error:  # it is the response, too, whose connection would stay open
            raise MediaError(url, f"cannot be loaded: the server answers {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise MediaError(url, f"cannot be loaded: {error.reason}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: no address at all
        raise MediaError(url, f"cannot be loaded: {error or type(error).__name__}") from None


def file_name(url: str) -> Path:
    """Return a name for files that belong to the picture: the address's last part, harmless as a file name."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    return Path(re.sub(r"[^\w.-]", "_", name).strip(".")[-100:] or "picture")


def _read(response: Any, url: str, largest: int, end: float) -> bytes:
    """Read piece by piece: a server may be slow without ever being silent, and need not say how much it sends."""
    data = bytearray()
    while piece := response.read1(_PIECE):
        data += piece
        if len(data) > largest:
            raise MediaError(url, f"is larger than {largest} bytes")
        if time.monotonic() > end:
            raise MediaError(url, f"takes too long to load; {len(data)} bytes came")
    return bytes(data)
