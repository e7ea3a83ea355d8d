"""Traces of torch.jit, which record tensors and take every comparison of shapes for a mistake."""

from __future__ import annotations

import torch


def is_traced() -> bool:
    """Tell whether torch.jit.trace is running the network."""
    found: bool = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
    return found
