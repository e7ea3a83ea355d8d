"""A process that tries damaged files and dies of some."""

from __future__ import annotations

import os
import sys
from zlib import crc32

from scripts.fuzzing.inputs import running, targets
from scripts.fuzzing.inputs.targets import Target


def is_deadly(data: bytes) -> bool:
    """Tell whether a file kills the process."""
    return data != b"good" and crc32(data) % 3 == 0


def check(data: bytes) -> None:
    """Die of some files."""
    if is_deadly(data):
        os._exit(9)


MORTAL = {"mortal": Target(check, lambda: [b"good"])}

if __name__ == "__main__":
    targets.TARGETS = MORTAL
    running.main(*sys.argv[1:])
