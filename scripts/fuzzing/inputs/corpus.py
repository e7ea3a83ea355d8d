"""Files that failed once, which every run of the tests tries again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from scripts.places import ROOT

FOLDER = ROOT / "tests" / "corpus"


def kept(target: str) -> Iterator[Path]:
    """Return the files of a target."""
    return (path for path in sorted((FOLDER / target).glob("*")) if path.is_file())


def keep(target: str, data: bytes) -> Path:
    """Add a file."""
    path = FOLDER / target / hashlib.sha256(data).hexdigest()[:16]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
