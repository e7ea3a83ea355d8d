"""Paths of the repository and of reference data."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("DARKCSP_SHARED", ROOT.parent / "shared"))
"""Reference data that is too large for this repository."""

UPSTREAM = SHARED / "upstream"
"""Other authors' cfgs, checkpoints and pictures."""
