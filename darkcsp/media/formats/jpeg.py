"""JPEG: segments behind markers, among them scans, which end where the next marker stands.

Within a scan, a byte of 255 is followed by 0 or is a restart marker, D0 to D7; any other marker ends it. Thumbnails lie
within segments, and a second picture or rubbish behind the end, so none of them is taken for the picture's end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from darkcsp.media.formats.format import Data, FlawError, Format, Size, unpack

_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])", re.DOTALL)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ARITHMETIC = 0xC8
"""Frames from here on are coded arithmetically, and may take less than a bit for a block."""
_START, _END, _SCAN, _TEMPORARY = 0xD8, 0xD9, 0xDA, 0x01

_MOST_SEGMENTS = 10_000
_MOST_SCANS = 100
"""As libtiff has it; writers make some ten. Each scan takes the decoder past the whole picture once more."""

_LEAST = 8 * 64
"""A byte of Huffman codes for as many pixels: each block of 8x8 takes a bit or more."""


def _segments(data: Data) -> Iterator[tuple[int, int]]:
    """Each marker and the place behind it, the last one's being the end of the picture."""
    place = 2
    for _ in range(_MOST_SEGMENTS):
        found = _MARKER.search(data, place)
        if found is None:
            raise FlawError("is cut off: a JPEG without the marker of its end")
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
    raise FlawError("is a JPEG without a picture in it")


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
        raise FlawError(f"is cut off: {max(coded, 0)} bytes of JPEG scans cannot hold {width}x{height} pixels")


FORMAT = Format("JPEG", re.compile(rb"\xff\xd8\xff"), _size, _require_whole)
