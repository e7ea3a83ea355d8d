"""Parse numbers as C's atoi and atof do: the longest numeric prefix, or zero if there is none.

Darknet parses every option with these two functions (src/option_list.c), so `32#x` is 32 and `leaky` is 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T", int, float)
Parsed = tuple[T, str]
"""A number and the rest of the text, which C does not read."""

_INT = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)")
_FLOAT = re.compile(
    r"[ \t\n\v\f\r]*([+-]?(?:0[xX](?:[0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?|\.[0-9a-fA-F]+)(?:[pP][+-]?[0-9]+)?"
    r"|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
    r"|inf(?:inity)?|nan(?:\([0-9A-Za-z_]*\))?))",
    re.IGNORECASE,
)
_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1
_INT_DIGITS = 10
"""Digits of the largest C int."""


def atoi(text: str) -> Parsed[int]:
    """Parse a C int. Values outside its range, which are undefined in C, are clamped."""
    match = _INT.match(text)
    if match is None:
        return 0, text
    digits = match[1]
    if len(digits) > _INT_DIGITS:  # Python refuses to parse thousands of digits
        sign = "-" if digits[0] == "-" else ""
        digits = sign + (digits.lstrip("+-").lstrip("0")[: _INT_DIGITS + 1] or "0")
    return min(max(int(digits), _INT_MIN), _INT_MAX), text[match.end() :]


def atof(text: str) -> Parsed[float]:
    """Parse a C double: decimal, hexadecimal, inf or nan; inf if it is too large."""
    match = _FLOAT.match(text)
    if match is None:
        return 0.0, text
    number = match[1].lower()
    digits = number.lstrip("+-")
    if digits.startswith("0x"):
        value = _from_hexadecimal(number)
    elif digits.startswith("nan"):
        value = float("nan")
    else:
        value = float(number)
    return value, text[match.end() :]


def atoi_all(texts: Sequence[str]) -> list[Parsed[int]]:
    """Parse several texts as `atoi` does."""
    plain = _read_plain(texts, "+-0123456789", int)
    if plain is None or not _INT_MIN <= min(plain) <= max(plain) <= _INT_MAX:
        return [atoi(text) for text in texts]
    return [(value, "") for value in plain]


def atof_all(texts: Sequence[str]) -> list[Parsed[float]]:
    """Parse several texts as `atof` does."""
    plain = _read_plain(texts, "+-.0123456789eE", float)
    return [atof(text) for text in texts] if plain is None else [(value, "") for value in plain]


def _read_plain(texts: Sequence[str], characters: str, read: Callable[[str], T]) -> list[T] | None:
    """Parse a long list fast if Python reads each text as C does; None if a text is not plain, or the list is empty."""
    if "".join(texts).strip(characters) or not texts:
        return None
    try:
        return list(map(read, texts))
    except ValueError:
        return None


def _from_hexadecimal(text: str) -> float:
    try:
        return float.fromhex(text)
    except OverflowError:
        return float("-inf" if text[0] == "-" else "inf")
