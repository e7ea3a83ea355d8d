"""WebP: chunks in a RIFF file of known length; the first chunk has the size."""

from __future__ import annotations

import re

from darkcsp.media.formats.format import Data, FlawError, Format, Size, require_bytes, unpack


def _size(data: Data) -> Size:
    (kind,) = unpack("4s", data, 12)
    if kind == b"VP8X":
        low, high, low2, high2 = unpack("<HBHB", data, 24)
        return Size(1 + low + (high << 16), 1 + low2 + (high2 << 16))
    if kind == b"VP8L":
        (bits,) = unpack("<I", data, 21)
        return Size(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        width, height = unpack("<HH", data, 26)
        return Size(width & 0x3FFF, height & 0x3FFF)
    raise FlawError("is a WebP that contains no picture")


def _require_whole(data: Data) -> None:
    (length,) = unpack("<I", data, 4)
    require_bytes(data, 8 + length)


FORMAT = Format("WebP", re.compile(rb"RIFF....WEBP", re.DOTALL), _size, _require_whole)
