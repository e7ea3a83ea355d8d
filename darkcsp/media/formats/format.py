"""Shared types and functions of the picture formats."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

Data = bytes | bytearray
"""An encoded picture."""


class FlawError(Exception):
    """What is wrong with a picture, as words that follow its name. The code that knows the name raises MediaError."""


class Size(NamedTuple):
    """Width and height, in pixels."""

    width: int
    height: int


def _trust(data: Data) -> None:
    """Leave the check to the decoder, which detects pictures that are cut off."""


@dataclass(frozen=True)
class Format:
    """A picture format.

    Attributes:
        name: name for messages.
        signature: the first bytes of a file.
        size: reads the header. Raises FlawError if there is no valid header.
        require_whole: raises FlawError if bytes are missing or cannot contain that many pixels.
    """

    name: str
    signature: re.Pattern[bytes]
    size: Callable[[Data], Size]
    require_whole: Callable[[Data], None] = _trust


def unpack(layout: str, data: Data, offset: int) -> tuple[Any, ...]:
    """Unpack values at an offset, as struct.unpack_from does. Raises FlawError beyond the end."""
    if not 0 <= offset <= len(data) - struct.calcsize(layout):
        raise FlawError("is cut off: it ends within its header")
    return struct.unpack_from(layout, data, offset)


def require_bytes(data: Data, needed: int) -> None:
    """Raise FlawError if there are fewer bytes than the picture needs."""
    if len(data) < needed:
        raise FlawError(f"is cut off: it has {len(data)} bytes, expected at least {needed}")
