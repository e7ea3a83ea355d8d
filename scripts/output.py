"""What scripts print and write."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console


def console(width: int = 160) -> Console:
    """Return standard output as a console; tables are `width` columns wide where it is no terminal."""
    return Console(width=None if sys.stdout.isatty() else width, highlight=False, markup=False)


def write_json(path: str | Path, data: object) -> None:
    """Write figures."""
    Path(path).write_text(json.dumps(data, indent=1) + "\n")
