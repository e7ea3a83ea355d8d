"""[select_channels] of WongKinYiu's programs (yolor)."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.spec.guided import Guided
from darkcsp.spec.registry import layer


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SelectChannels(Guided):
    """The layer above times the logistic function of an earlier one, usually one learned value per channel."""

    sections = ("select_channels", "select_channels_2d")
