"""PAM: lines with a name and a value, then binary samples."""

from __future__ import annotations

import re

from darkcsp.media.formats.format import Data, FlawError, Format, Size, require_bytes

_END = re.compile(rb"\nENDHDR\s*?\n")
_LONGEST = 65536
"""Size of the longest header, in bytes, including comments."""


def _header(data: Data) -> tuple[dict[str, int], int]:
    """Return the header's numbers by name, and the offset of its end."""
    end = _END.search(data, 0, _LONGEST)
    if end is None:
        raise FlawError("has no valid PAM header")
    numbers: dict[str, int] = {}
    for line in re.split(rb"[\r\n]", data[2 : end.start()]):
        name, *values = line.split() or [b"#"]
        if name.startswith(b"#") or name == b"TUPLTYPE":
            continue
        word = name.decode("ascii", "replace")
        if len(values) != 1 or not re.fullmatch(rb"\d{1,9}", values[0]) or word in numbers:
            raise FlawError(f"has no valid PAM header: expected one number for {word[:20]!a}")
        numbers[word] = int(values[0])
    for word in ("WIDTH", "HEIGHT", "DEPTH", "MAXVAL"):
        if word not in numbers:
            raise FlawError(f"has no valid PAM header: {word} is missing")
    return numbers, end.end()


def _size(data: Data) -> Size:
    numbers, _ = _header(data)
    return Size(numbers["WIDTH"], numbers["HEIGHT"])


def _require_whole(data: Data) -> None:
    numbers, place = _header(data)
    sample_bytes = 1 if numbers["MAXVAL"] < 256 else 2
    require_bytes(data, place + numbers["WIDTH"] * numbers["HEIGHT"] * numbers["DEPTH"] * sample_bytes)


FORMAT = Format("PAM", re.compile(rb"P7\s"), _size, _require_whole)
