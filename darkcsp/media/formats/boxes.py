"""The boxes that JPEG 2000 and AVIF files consist of: a length, a name and the contents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from darkcsp.media.formats.format import Data, FlawError, unpack

_MOST = 10_000


class Box(NamedTuple):
    """A box's name, and the offsets of its contents' begin and end."""

    name: bytes
    begin: int
    end: int


def boxes(data: Data, folders: Mapping[bytes, int]) -> Iterator[Box]:
    """Yield all boxes, including those nested in `folders`: names of outer boxes, and where their inner boxes begin.

    Raises FlawError if a box reaches beyond the one around it, or if there are too many.
    """
    left = [(0, len(data))]
    for _ in range(_MOST):
        while left and left[-1][0] == left[-1][1]:
            left.pop()
        if not left:
            return
        begin, end = left.pop()
        box = _box(data, begin, end)
        left.append((box.end, end))
        if box.name in folders:
            left.append((min(box.begin + folders[box.name], box.end), box.end))
        else:
            yield box
    raise FlawError(f"has more than {_MOST} boxes")


def _box(data: Data, begin: int, end: int) -> Box:
    length, name = unpack(">I4s", data, begin)
    inside = begin + 8
    if length == 0:
        length = end - begin
    elif length == 1:
        (length,) = unpack(">Q", data, inside)
        inside += 8
    if not inside - begin <= length <= end - begin:
        raise FlawError(f"is cut off: its box {name.decode('ascii', 'replace')!a} has {length} bytes")
    return Box(name, inside, begin + length)
