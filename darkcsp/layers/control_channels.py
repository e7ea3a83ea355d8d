"""[control_channels] of WongKinYiu's programs (yolor)."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.spec.guided import Guided
from darkcsp.spec.registry import layer


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ControlChannels(Guided):
    """The layer above times an earlier one, usually one learned value per channel."""

    sections = ("control_channels", "control_channels_2d")
