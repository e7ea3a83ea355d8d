"""What the layers that one layer guides have in common."""

from __future__ import annotations

from torch import Tensor


def as_guide(other: Tensor, flat: bool) -> Tensor:
    """Return the guiding layer, (N, c, h, w), or where it is `flat` its values as channels, (N, c * h * w, 1, 1)."""
    return other.flatten(1)[:, :, None, None] if flat else other
