"""[shift_channels] of WongKinYiu's programs (yolor)."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.spec.guided import Guided
from darkcsp.spec.registry import layer


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ShiftChannels(Guided):
    """The layer above plus an earlier one, usually one learned value per channel."""

    sections = ("shift_channels", "shift_channels_2d")
