"""Strict JSON: NaN and infinities are not valid JSON, though Python's json module writes them."""

from __future__ import annotations

import json
import math
from typing import Any


def json_text(data: Any, indent: int | None = None, ensure_ascii: bool = True) -> str:
    """Return data as JSON text; NaN and infinities become null."""
    try:
        return json.dumps(data, indent=indent, ensure_ascii=ensure_ascii, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(data), indent=indent, ensure_ascii=ensure_ascii, allow_nan=False)


def _finite(data: Any) -> Any:
    """Return a copy in which NaN and infinities are None."""
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
