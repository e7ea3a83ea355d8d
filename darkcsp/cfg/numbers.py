"""Numbers as the C library's atoi and atof read them: the longest numeric prefix, zero where there is none.

Darknet parses every option with these two functions (src/option_list.c), so `32#x` is 32 and `leaky` is 0.
"""

from __future__ import annotations

import re
from typing import TypeVar

T = TypeVar("T", int, float)
Parsed = tuple[T, str]
"""A number and the text that C leaves unread behind it."""

_INT = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)")
_FLOAT = re.compile(
    r"[ \t\n\v\f\r]*([+-]?(?:0[xX](?:[0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?|\.[0-9a-fA-F]+)(?:[pP][+-]?[0-9]+)?"
    r"|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
    r"|inf(?:inity)?|nan(?:\([0-9A-Za-z_]*\))?))",
    re.IGNORECASE,
)
_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1


def atoi(text: str) -> Parsed[int]:
    """Read a C int; values outside its range, undefined in C, are clamped to it."""
    match = _INT.match(text)
    if match is None:
        return 0, text
    return min(max(int(match[1]), _INT_MIN), _INT_MAX), text[match.end() :]


def atof(text: str) -> Parsed[float]:
    """Read a C double: decimal, hexadecimal, inf or nan."""
    match = _FLOAT.match(text)
    if match is None:
        return 0.0, text
    number = match[1].lower()
    digits = number.lstrip("+-")
    if digits.startswith("0x"):
        value = float.fromhex(number)
    elif digits.startswith("nan"):
        value = float("nan")
    else:
        value = float(number)
    return value, text[match.end() :]
