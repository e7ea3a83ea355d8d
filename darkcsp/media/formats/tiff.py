"""TIFF: a directory of tags, and strips or tiles of pixels anywhere in the file. Only the first page is read."""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from darkcsp.media.formats.format import Data, FlawError, Format, Size, unpack

_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of each type of value."""

_UNSIGNED = {1: "u1", 3: "u2", 4: "u4", 16: "u8"}
"""The types of the values that are read here."""

_WIDTH, _HEIGHT, _SAMPLES, _PLANES = 256, 257, 277, 284
_STRIP_OFFSETS, _STRIP_ROWS, _STRIP_BYTES = 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_BYTES = 322, 323, 324, 325
_WANTED = frozenset((_WIDTH, _HEIGHT, _SAMPLES, _PLANES, _STRIP_OFFSETS, _STRIP_ROWS, _STRIP_BYTES,
                     _TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_BYTES))  # fmt: skip
_MOST_TAGS = 65536
_APART = 2
"""A value of `_PLANES`: each sample has its own strips or tiles."""

Numbers = npt.NDArray[np.unsignedinteger]


class _Directory(NamedTuple):
    """The numbers of a page's tags."""

    tags: dict[int, Numbers]

    def number(self, tag: int, otherwise: int) -> int:
        return int(self.tags[tag][0]) if tag in self.tags and len(self.tags[tag]) else otherwise

    @property
    def size(self) -> Size:
        return Size(self.number(_WIDTH, 0), self.number(_HEIGHT, 0))

    @property
    def piece(self) -> Size:
        """Width and height of a tile, or of a strip."""
        width, height = self.size
        if _TILE_OFFSETS in self.tags:
            return Size(self.number(_TILE_WIDTH, 0), self.number(_TILE_HEIGHT, 0))
        return Size(width, min(self.number(_STRIP_ROWS, height), height))


class _Layout(NamedTuple):
    """The struct formats of a directory: of the number of entries, of an entry, and of an offset."""

    order: str
    total: str
    entry: str
    place: str


_CLASSIC = ("H", "HHI", "I")
_BIG = ("Q", "HHQ", "Q")


def _read(data: Data) -> _Directory:
    """Read the first directory. Raises FlawError if one of its values is beyond the end of the file."""
    order = "<" if data.startswith(b"II") else ">"
    is_big = unpack(order + "H", data, 2)[0] == 43
    layout = _Layout(order, *(order + sign for sign in (_BIG if is_big else _CLASSIC)))
    (place,) = unpack(layout.place, data, 8 if is_big else 4)
    (count,) = unpack(layout.total, data, place)
    place += struct.calcsize(layout.total)
    step = struct.calcsize(layout.entry) + struct.calcsize(layout.place)
    tags: dict[int, Numbers] = {}
    for number in range(min(count, _MOST_TAGS)):
        tag, kind, items = unpack(layout.entry, data, place + number * step)
        begin = _value(data, layout, place + number * step, items * _BYTES.get(kind, 0))
        if tag in _WANTED and tag not in tags:
            if kind not in _UNSIGNED:
                raise FlawError(f"has a TIFF tag {tag} of type {kind}, expected an unsigned integer")
            tags[tag] = np.frombuffer(data, order + _UNSIGNED[kind], items, begin)
    return _Directory(tags)


def _value(data: Data, layout: _Layout, entry: int, size: int) -> int:
    """Return the offset of an entry's value: in the entry if it is small enough, otherwise anywhere in the file."""
    begin = entry + struct.calcsize(layout.entry)
    if size > struct.calcsize(layout.place):
        (begin,) = unpack(layout.place, data, begin)
    if begin > len(data) or size > len(data) - begin:
        raise FlawError("is cut off: values of its TIFF directory are beyond its end")
    return begin


def _size(data: Data) -> Size:
    """Return the larger size of the picture and its tiles: the decoder allocates memory for both."""
    directory = _read(data)
    (width, height), piece = directory.size, directory.piece
    return Size(max(width, piece.width), max(height, piece.height)) if width and height else directory.size


def _require_whole(data: Data) -> None:
    directory = _read(data)
    (width, height), piece = directory.size, directory.piece
    if not (piece.width and piece.height):
        raise FlawError("has TIFF strips or tiles without pixels")
    tiled = _TILE_OFFSETS in directory.tags
    offsets = directory.tags.get(_TILE_OFFSETS if tiled else _STRIP_OFFSETS)
    counts = directory.tags.get(_TILE_BYTES if tiled else _STRIP_BYTES)
    planes = directory.number(_SAMPLES, 1) if directory.number(_PLANES, 1) == _APART else 1
    pieces = -(-width // piece.width) * -(-height // piece.height) * planes
    if offsets is None or len(offsets) < pieces:
        raise FlawError(f"has {0 if offsets is None else len(offsets)} TIFF strips or tiles, expected {pieces}")
    begin = offsets[:pieces].astype(np.uint64)
    length = np.ones_like(begin) if counts is None else counts[:pieces].astype(np.uint64)
    if len(length) < pieces or (begin > len(data)).any() or (length > len(data) - begin).any():
        raise FlawError("is cut off: TIFF strips or tiles reach beyond its end")


FORMAT = Format("TIFF", re.compile(rb"II[*+]\0|MM\0[*+]"), _size, _require_whole)
