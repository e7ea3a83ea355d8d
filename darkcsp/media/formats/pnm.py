"""PBM, PGM and PPM: numbers as text, then samples, either binary or as text."""

from __future__ import annotations

import re

from darkcsp.media.formats.format import Data, FlawError, Format, Size, require_bytes

_NUMBER = re.compile(rb"(?:\s|#[^\r\n]*[\r\n])*(\d{1,9})(?!\d)")
_LONGEST = 65536
"""Size of the longest header, in bytes, including comments."""


def _numbers(data: Data) -> tuple[list[int], int]:
    """Return width, height and (except in bitmaps) the largest sample from the header, and the offset of its end."""
    numbers, place = [], 2
    for _ in range(2 if _kind(data) in (1, 4) else 3):
        found = _NUMBER.match(data, place, _LONGEST)
        if found is None:
            raise FlawError("has no valid PNM header")
        numbers.append(int(found[1]))
        place = found.end()
    return numbers, place


def _kind(data: Data) -> int:
    """Return 1 to 6: bitmap, greyscale and colour as text, then the same three as binary."""
    return data[1] - ord("0")


def _size(data: Data) -> Size:
    (width, height, *_), _ = _numbers(data)
    return Size(width, height)


def _require_whole(data: Data) -> None:
    (width, height, *largest), place = _numbers(data)
    kind = _kind(data)
    samples = width * height * (3 if kind in (3, 6) else 1)
    sample_bytes = 1 if max(largest, default=1) < 256 else 2
    needed = {1: samples, 2: 2 * samples - 1, 3: 2 * samples - 1, 4: (width + 7) // 8 * height}
    require_bytes(data, place + 1 + needed.get(kind, samples * sample_bytes))


FORMAT = Format("PNM", re.compile(rb"P[1-6][\s#]"), _size, _require_whole)
