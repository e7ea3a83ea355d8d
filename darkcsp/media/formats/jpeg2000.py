"""JPEG 2000: a bare code stream, or one in a box; its first segment has the size."""

from __future__ import annotations

import re

from darkcsp.media.formats.boxes import boxes
from darkcsp.media.formats.format import Data, FlawError, Format, Size, unpack

_STREAM = b"\xff\x4f\xff\x51"
_MOST_COMPONENTS = 4


def _size(data: Data) -> Size:
    begin = 0 if data.startswith(_STREAM) else _stream(data)
    marker, right, bottom, left, top = unpack(">4s4x4I", data, begin)
    if marker != _STREAM:
        raise FlawError("is a JPEG 2000 that contains no picture")
    (components,) = unpack(">H", data, begin + 40)
    if components > _MOST_COMPONENTS:
        raise FlawError(f"has {components} components, expected at most {_MOST_COMPONENTS}")
    return Size(max(right - left, 0), max(bottom - top, 0))


def _stream(data: Data) -> int:
    for box in boxes(data, {}):
        if box.name == b"jp2c":
            return box.begin
    raise FlawError("is a JPEG 2000 that contains no picture")


FORMAT = Format("JPEG 2000", re.compile(rb"\x00\x00\x00\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"), _size)
