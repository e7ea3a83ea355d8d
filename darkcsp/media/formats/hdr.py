"""Radiance HDR: lines of text, of which the last has the size, then run lengths with four bytes per pixel."""

from __future__ import annotations

import re

from darkcsp.media.formats.format import Data, FlawError, Format, Size

_SIZE = re.compile(rb"\n\n-Y (\d{1,9}) \+X (\d{1,9})\n")
_LONGEST = 65536
"""Size of the longest header, in bytes."""
_RUN = 127
"""Maximum number of samples in two bytes of run lengths."""


def _header(data: Data) -> re.Match[bytes]:
    found = _SIZE.search(data, 0, _LONGEST)
    if found is None:
        raise FlawError("has no valid Radiance HDR header")
    return found


def _size(data: Data) -> Size:
    found = _header(data)
    return Size(int(found[2]), int(found[1]))


def _require_whole(data: Data) -> None:
    width, height = _size(data)
    packed = len(data) - _header(data).end()
    if packed * _RUN < 2 * 4 * width * height:
        raise FlawError(f"is cut off: {packed} bytes cannot contain {width}x{height} pixels")


FORMAT = Format("Radiance HDR", re.compile(rb"#\?(?:RADIANCE|RGBE)"), _size, _require_whole)
