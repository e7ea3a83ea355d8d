"""The header of a `.weights` file (load_weights_upto, save_weights_upto in src/parser.c).

Old files have learning rate, momentum and decay in place of the version. Read as integers, these floats are versions
far above 1000, from which pjreddie's program concludes that `seen` has 32 bits and connected weights are transposed.
AlexeyAB's program reads 64 bits there and misreads everything after it; pjreddie's rule is followed for every cfg.
"""

from __future__ import annotations

import dataclasses
import struct
from dataclasses import dataclass

from darkcsp.errors import WeightsHeaderError

_VERSION = struct.Struct("<iii")
_SEEN_32 = struct.Struct("<I")
_SEEN_64 = struct.Struct("<Q")
_RATES = struct.Struct("<fff")
_PLAUSIBLE = 100_000

MOST_BYTES = _VERSION.size + _SEEN_64.size
"""The largest size of a header, in bytes."""


@dataclass(frozen=True)
class Header:
    """The file's version and the number of images seen in training.

    Attributes:
        major, minor, revision: the version; `seen` has 64 bits from 0.2 on, and 32 bits before that and above 1000.
        seen: number of images seen.
        always_wide: whether `seen` has 64 bits regardless of the version (WongKinYiu's programs).
    """

    major: int = 0
    minor: int = 2
    revision: int = 5
    seen: int = 0
    always_wide: bool = False

    @property
    def version(self) -> str:
        """The version as text: "0.2.5"."""
        return f"{self.major}.{self.minor}.{self.revision}"

    @property
    def wide(self) -> bool:
        """Whether `seen` has 64 bits."""
        return self.always_wide or (self.major * 10 + self.minor >= 2 and not self.transposed)

    @property
    def size(self) -> int:
        """Size of the header in bytes: 20 or 16."""
        return _VERSION.size + (_SEEN_64.size if self.wide else _SEEN_32.size)

    @property
    def transposed(self) -> bool:
        """Whether fully connected weights are stored transposed."""
        return self.major > 1000 or self.minor > 1000

    def to_bytes(self) -> bytes:
        """Return the header as bytes for the file."""
        seen = _SEEN_64 if self.wide else _SEEN_32
        return _VERSION.pack(self.major, self.minor, self.revision) + seen.pack(self.seen)


def parse_header(data: bytes | memoryview, path: str, always_wide: bool = False) -> Header:
    """Parse the header; with `always_wide` it always has 20 bytes.

    Raises WeightsHeaderError if the file is too short or cannot be Darknet's.
    """
    if len(data) < _VERSION.size + _SEEN_32.size:
        raise WeightsHeaderError(
            path, f"has only {len(data)} bytes, but Darknet's header has 16 or 20; is the file truncated?"
        )
    version = _VERSION.unpack_from(data)
    rates = _RATES.unpack_from(data)
    if not all(0 <= part < _PLAUSIBLE for part in version) and not all(1e-8 < rate <= 1 for rate in rates):
        raise WeightsHeaderError(
            path, f"starts with {bytes(data[:12])!r}, which is not a version; expected a Darknet .weights file"
        )
    major, minor, revision = version
    header = Header(major, minor, revision, always_wide=always_wide)
    if len(data) < header.size:
        raise WeightsHeaderError(
            path, f"has only {len(data)} bytes, but the header of version {major}.{minor} has {header.size}"
        )
    seen = (_SEEN_64 if header.wide else _SEEN_32).unpack_from(data, _VERSION.size)[0]
    return dataclasses.replace(header, seen=seen)
