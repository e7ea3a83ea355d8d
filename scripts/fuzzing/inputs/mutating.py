"""Ways to damage a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

MOST_BYTES = 200_000
"""Largest size of a damaged file; larger ones are truncated."""

NUMBERS = (
    b"0", b"-1", b"1", b"2", b"255", b"65536", b"2147483647", b"-2147483648", b"4294967296", b"9223372036854775808",
    b"1e38", b"1e999", b"-1e-320", b"nan", b"inf", b"-inf", b"0x10", b"0x1p99999", b"1" * 5000, b".", b"",
)  # fmt: skip
"""Replacements for a number in a text file."""

WORDS = tuple(
    value.to_bytes(size, order, signed=False)
    for size in (1, 2, 4, 8)
    for value in (0, 1, 2**7 - 1, 2**7, 2 ** (8 * size - 1) - 1, 2 ** (8 * size - 1), 2 ** (8 * size) - 1)
    if value < 2 ** (8 * size)
    for order in ("little", "big")
)
"""Replacements for a number in a binary file."""

Damage = Callable[[Random, bytearray, Sequence[bytes]], None]
"""Changes bytes in place; may insert bytes from other files and tokens."""

_DIGITS = re.compile(rb"-?\d+(?:\.\d+)?")


def damaged(random: Random, files: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """Return one of the files with a few kinds of damage."""
    data = bytearray(random.choice(files))
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5, 9))):
        random.choice(_DAMAGES)(random, data, tokens if random.random() < 0.8 else files)
        del data[MOST_BYTES:]
    return bytes(data)


def _slice(random: Random, data: bytearray, most: int = 64) -> slice:
    start = random.randint(0, len(data))
    return slice(start, min(start + random.randint(0, most), len(data)))


def _flip(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _overwrite(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    word = random.choice(WORDS)
    start = random.randint(0, len(data))
    data[start : start + len(word)] = word


def _number(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    found = [match.span() for match in _DIGITS.finditer(data)]
    if found:
        start, end = random.choice(found)
        data[start:end] = random.choice(NUMBERS)


def _insert(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    if others:
        start = random.randint(0, len(data))
        data[start:start] = random.choice(others)


def _delete(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    del data[_slice(random, data)]


def _cut(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    del data[random.randint(0, len(data)) :]


def _repeat(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    part = _slice(random, data)
    data[part.start : part.start] = bytes(data[part]) * random.choice((1, 1, 2, 10, 300))


def _move_line(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    lines = bytes(data).split(b"\n")
    line = lines.pop(random.randrange(len(lines)))
    lines.insert(random.randint(0, len(lines)), line)
    data[:] = b"\n".join(lines)


def _noise(random: Random, data: bytearray, others: Sequence[bytes]) -> None:
    part = _slice(random, data, 16)
    data[part] = random.randbytes(part.stop - part.start)


_DAMAGES: tuple[Damage, ...] = (
    _flip, _overwrite, _number, _number, _insert, _delete, _cut, _repeat, _move_line, _noise,
)  # fmt: skip
