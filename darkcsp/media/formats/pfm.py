"""PFM: numbers as text, then samples of 32 bits."""

from __future__ import annotations

import re

from darkcsp.media.formats.format import Data, FlawError, Format, Size, require_bytes

_HEADER = re.compile(rb"P([Ff])\s(\d{1,9})\s(\d{1,9})\s\S{1,40}\s")


def _header(data: Data) -> re.Match[bytes]:
    found = _HEADER.match(data)
    if found is None:
        raise FlawError("has no valid PFM header")
    return found


def _size(data: Data) -> Size:
    found = _header(data)
    return Size(int(found[2]), int(found[3]))


def _require_whole(data: Data) -> None:
    found = _header(data)
    width, height = _size(data)
    require_bytes(data, found.end() + 4 * width * height * (3 if found[1] == b"F" else 1))


FORMAT = Format("PFM", re.compile(rb"P[Ff]\s"), _size, _require_whole)
