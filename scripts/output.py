"""Output of the scripts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console


def console(width: int = 160) -> Console:
    """Return a console for standard output; tables are `width` columns wide if it is not a terminal."""
    return Console(width=None if sys.stdout.isatty() else width, highlight=False, markup=False)


def write_json(path: str | Path, data: object) -> None:
    """Write figures to a file."""
    Path(path).write_text(json.dumps(data, indent=1) + "\n")
