"""GIF: the size of the logical screen that contains all its pictures."""

from __future__ import annotations

import re

from darkcsp.media.formats.format import Data, Format, Size, unpack


def _size(data: Data) -> Size:
    return Size(*unpack("<HH", data, 6))


FORMAT = Format("GIF", re.compile(rb"GIF8[79]a"), _size)
