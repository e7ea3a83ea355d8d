"""What the files of picture formats have in common."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

Data = bytes | bytearray
"""An encoded picture."""


class FlawError(Exception):
    """What is wrong with a picture, in words that follow its name. Becomes a MediaError where the name is known."""


class Size(NamedTuple):
    """Width and height, in pixels."""

    width: int
    height: int


def _trust(data: Data) -> None:
    """Leave it to the decoder, which tells a picture that is cut off."""


@dataclass(frozen=True)
class Format:
    """A picture format.

    Attributes:
        name: as its users call it.
        signature: how such a file begins.
        size: reads the header. Raises FlawError where there is none.
        require_whole: raises FlawError where bytes are missing, or cannot hold that many pixels.
    """

    name: str
    signature: re.Pattern[bytes]
    size: Callable[[Data], Size]
    require_whole: Callable[[Data], None] = _trust


def unpack(layout: str, data: Data, offset: int) -> tuple[Any, ...]:
    """Return what stands at an offset, as struct.unpack_from. Raises FlawError beyond the end."""
    if not 0 <= offset <= len(data) - struct.calcsize(layout):
        raise FlawError("is cut off: it ends within its header")
    return struct.unpack_from(layout, data, offset)


def require_bytes(data: Data, needed: int) -> None:
    """Raise FlawError where there are fewer bytes than a picture needs."""
    if len(data) < needed:
        raise FlawError(f"is cut off: it has {len(data)} bytes, expected at least {needed}")
