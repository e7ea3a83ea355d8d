"""JSON that every program reads: NaN and infinities are no JSON, though Python's json writes them."""

from __future__ import annotations

import json
import math
from typing import Any


def json_text(data: Any, indent: int | None = None, ensure_ascii: bool = True) -> str:
    """Return data as JSON; numbers that are not finite become null: there is no such number."""
    try:
        return json.dumps(data, indent=indent, ensure_ascii=ensure_ascii, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(data), indent=indent, ensure_ascii=ensure_ascii, allow_nan=False)


def _finite(data: Any) -> Any:
    """A copy without NaN and infinities."""
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
