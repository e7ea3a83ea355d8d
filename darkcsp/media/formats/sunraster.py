"""Sun raster: a header of eight numbers, a colour table, then rows padded to 16 bits, or run lengths."""

from __future__ import annotations

import re

from darkcsp.media.formats.format import Data, Format, Size, require_bytes, unpack

_RUN_LENGTHS = 2


def _size(data: Data) -> Size:
    return Size(*unpack(">II", data, 4))


def _require_whole(data: Data) -> None:
    width, height, bits, _, kind, _, colours = unpack(">7I", data, 4)
    if kind != _RUN_LENGTHS:
        require_bytes(data, 32 + colours + (width * bits + 15) // 16 * 2 * height)


FORMAT = Format("Sun raster", re.compile(rb"\x59\xa6\x6a\x95"), _size, _require_whole)
