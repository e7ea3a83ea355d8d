"""BMP: a header, then rows padded to 32 bits, or run lengths."""

from __future__ import annotations

import re

from darkcsp.media.formats.format import Data, Format, Size, require_bytes, unpack

_RUN_LENGTHS = (1, 2)


def _size(data: Data) -> Size:
    (header,) = unpack("<I", data, 14)
    width, height = unpack("<HH" if header == 12 else "<ii", data, 18)
    return Size(max(width, 0), abs(height))  # a negative height means rows from the top down


def _require_whole(data: Data) -> None:
    width, height = _size(data)
    pixels, header = unpack("<II", data, 10)
    (bits,) = unpack("<H", data, 24 if header == 12 else 28)
    compression = 0 if header == 12 else unpack("<I", data, 30)[0]
    if compression not in _RUN_LENGTHS:
        require_bytes(data, pixels + (width * bits + 31) // 32 * 4 * height)


FORMAT = Format("BMP", re.compile(rb"BM"), _size, _require_whole)
