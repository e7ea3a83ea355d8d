"""The first bytes of a `.weights` file (load_weights_upto, save_weights_upto in src/parser.c).

Before versions there were learning rate, momentum and decay in their place. Read as integers these floats are versions
far above 1000, by which pjreddie's program knows that `seen` has 32 bits and connected weights are transposed.
AlexeyAB's takes 64 bits there and misreads everything behind; pjreddie's rule holds for every cfg.
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
"""That a header takes."""


@dataclass(frozen=True)
class Header:
    """Version of the file and the number of pictures seen in training.

    Attributes:
        major, minor, revision: the version; from 0.2 on `seen` has 64 bits, before it and above 1000 it has 32.
        seen: pictures seen.
        always_wide: whether `seen` has 64 bits whatever the version (WongKinYiu's programs).
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
        """Bytes that the header takes: 20, or 16."""
        return _VERSION.size + (_SEEN_64.size if self.wide else _SEEN_32.size)

    @property
    def transposed(self) -> bool:
        """Whether fully connected weights are stored transposed."""
        return self.major > 1000 or self.minor > 1000

    def to_bytes(self) -> bytes:
        """Return the header as the file has it."""
        seen = _SEEN_64 if self.wide else _SEEN_32
        return _VERSION.pack(self.major, self.minor, self.revision) + seen.pack(self.seen)


def parse_header(data: bytes | memoryview, path: str, always_wide: bool = False) -> Header:
    """Read the header, of 20 bytes if it is always wide.

    Raises WeightsHeaderError for a file that is too short or cannot be Darknet's.
    """
    if len(data) < _VERSION.size + _SEEN_32.size:
        raise WeightsHeaderError(path, f"has {len(data)} bytes, Darknet's header alone takes 16 or 20; is it empty?")
    version = _VERSION.unpack_from(data)
    rates = _RATES.unpack_from(data)
    if not all(0 <= part < _PLAUSIBLE for part in version) and not all(1e-8 < rate <= 1 for rate in rates):
        raise WeightsHeaderError(
            path, f"begins with {bytes(data[:12])!r}, which is no version; expected a Darknet .weights file"
        )
    major, minor, revision = version
    header = Header(major, minor, revision, always_wide=always_wide)
    if len(data) < header.size:
        raise WeightsHeaderError(path, f"has {len(data)} bytes, the header of version {major}.{minor} 20")
    seen = (_SEEN_64 if header.wide else _SEEN_32).unpack_from(data, _VERSION.size)[0]
    return dataclasses.replace(header, seen=seen)
