"""JPEG: segments after markers. Some segments are scans, which end at the next marker.

Within a scan, a byte of 255 is followed by 0 or belongs to a restart marker, D0 to D7; any other marker ends the scan.
Thumbnails are inside segments, and second pictures or garbage come after the end, so neither is mistaken for the
picture's end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from darkcsp.media.formats.format import Data, FlawError, Format, Size, unpack

_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])", re.DOTALL)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ARITHMETIC = 0xC8
"""Frames from this one on use arithmetic coding, and may need less than one bit per block."""
_START, _END, _SCAN, _TEMPORARY = 0xD8, 0xD9, 0xDA, 0x01

_MOST_SEGMENTS = 10_000
_MOST_SCANS = 100
"""The same limit as in libtiff; encoders write about ten. For each scan, the decoder visits the whole picture again."""

_LEAST = 8 * 64
"""Maximum pixels in a byte of Huffman codes: each block of 8x8 needs at least one bit."""


def _segments(data: Data) -> Iterator[tuple[int, int]]:
    """Yield each marker and the offset after it; the last offset is the end of the picture."""
    place = 2
    for _ in range(_MOST_SEGMENTS):
        found = _MARKER.search(data, place)
        if found is None:
            raise FlawError("is cut off: a JPEG without an end marker")
        marker, place = found[1][0], found.end()
        yield marker, place
        if marker == _END:
            return
        if marker not in (_START, _TEMPORARY):
            (length,) = unpack(">H", data, place)
            place += length
    raise FlawError(f"has more than {_MOST_SEGMENTS} JPEG segments")


def _size(data: Data) -> Size:
    for marker, place in _segments(data):
        if marker in _FRAMES:
            height, width = unpack(">HH", data, place + 3)
            return Size(width, height)
    raise FlawError("is a JPEG that contains no picture")


def _require_whole(data: Data) -> None:
    width, height = _size(data)
    first, scans, frame = len(data), 0, 0
    for marker, place in _segments(data):
        if marker in _FRAMES:
            frame = marker
        elif marker == _SCAN:
            first, scans = min(first, place), scans + 1
        if scans > _MOST_SCANS:
            raise FlawError(f"has more than {_MOST_SCANS} JPEG scans")
    coded = place - first
    if frame < _ARITHMETIC and coded < width * height // _LEAST:
        raise FlawError(f"is cut off: {max(coded, 0)} bytes of JPEG scans cannot contain {width}x{height} pixels")


FORMAT = Format("JPEG", re.compile(rb"\xff\xd8\xff"), _size, _require_whole)
