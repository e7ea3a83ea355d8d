"""PNG: chunks of a length, a name, data and a checksum, which the decoder verifies; the last one is IEND."""

from __future__ import annotations

import re
from collections.abc import Iterator

from darkcsp.media.formats.format import Data, FlawError, Format, Size, unpack

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_MOST_CHUNKS = 250_000
_RATIO = 1032
"""Maximum number of bytes that one deflated byte expands to."""


def _chunks(data: Data) -> Iterator[tuple[bytes, int]]:
    """Yield each chunk's name and length."""
    place = 8
    for _ in range(_MOST_CHUNKS):
        if place + 12 > len(data):
            break
        length, name = unpack(">I4s", data, place)
        place += 12 + length
        if place > len(data):
            break
        yield name, length
        if name == b"IEND":
            return
    else:
        raise FlawError(f"has more than {_MOST_CHUNKS} PNG chunks")
    raise FlawError("is cut off: a PNG without its last chunk")


def _size(data: Data) -> Size:
    return Size(*unpack(">II", data, 16))


def _require_whole(data: Data) -> None:
    width, height, depth, colours = unpack(">IIBB", data, 16)
    packed = sum(length for name, length in _chunks(data) if name == b"IDAT")
    if packed * _RATIO < width * height * depth * _CHANNELS.get(colours, 1) // 8:
        raise FlawError(f"is cut off: {packed} bytes of PNG data cannot contain {width}x{height} pixels")


FORMAT = Format("PNG", re.compile(rb"\x89PNG\r\n\x1a\n....IHDR", re.DOTALL), _size, _require_whole)
