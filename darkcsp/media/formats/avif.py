"""AVIF: nested boxes, including the sizes of all pictures and tracks, of which the largest counts."""

from __future__ import annotations

import re

from darkcsp.media.formats.boxes import boxes
from darkcsp.media.formats.format import Data, FlawError, Format, Size, unpack

_FOLDERS = {b"meta": 4, b"iprp": 0, b"ipco": 0, b"moov": 0, b"trak": 0}


def _size(data: Data) -> Size:
    sizes = []
    for box in boxes(data, _FOLDERS):
        if box.name == b"ispe":
            sizes.append(Size(*unpack(">II", data, box.begin + 4)))
        elif box.name == b"tkhd":
            width, height = unpack(">II", data, box.end - 8)  # the end of a track's header, in 1/65536 pixels
            sizes.append(Size(width >> 16, height >> 16))
    if not sizes:
        raise FlawError("is not a picture that OpenCV can read: its AVIF boxes contain no size")
    return max(sizes, key=lambda size: size.width * size.height)


FORMAT = Format("AVIF", re.compile(rb"....ftyp", re.DOTALL), _size)
