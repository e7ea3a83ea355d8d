"""Limits on what a file may ask for before darkcsp refuses to process it.

The defaults are at least ten times what the largest published cfg needs, including YOLOv4 at 4096x4096. Sizes are
multiplied and checked before anything is allocated.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Literal

from darkcsp.errors import ArgumentError, LimitError, Place

LimitName = Literal[
    "cfg_bytes",
    "names_bytes",
    "cache_bytes",
    "sections",
    "options",
    "items",
    "digits",
    "window",
    "activations",
    "parameters",
    "multiplications",
    "constants",
    "steps",
]
"""The name of a limit on a count, that is, of any limit but `Limits.seconds`."""


def _limit(most: int, counted: str) -> int | None:
    """Return a dataclass field; `counted` names what the limit counts, for messages."""
    found: int | None = field(default=most, metadata={"counted": counted})
    return found


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Upper limits on what a cfg and the files that come with it may ask for; None means no limit.

    Attributes:
        cfg_bytes: size of a cfg file in bytes.
        names_bytes: size of a file of class names, or of a class tree, in bytes.
        cache_bytes: size of a file in the cache of chosen engines, in bytes.
        seconds: time in seconds that a pipe or device may take to deliver such a file.
        sections: number of sections in a cfg.
        options: number of options in a section.
        items: number of items in a list, or of anchors given by `num`.
        digits: number of characters in a number.
        window: a size, stride, padding or dilation.
        activations: number of values in the outputs of all layers for one image, input included.
        parameters: number of values in a `.weights` file.
        multiplications: number of multiplications in all layers for one image.
        constants: number of values created for layers in addition to their parameters, such as the grid of a head.
        steps: number of operations that the layers consist of, such as one for each source that is added.

    Raises:
        ArgumentError: a limit is neither None nor a number >= 0.
    """

    cfg_bytes: int | None = _limit(1_000_000, "bytes")
    names_bytes: int | None = _limit(10_000_000, "bytes of class names")
    cache_bytes: int | None = _limit(1_000_000, "bytes")
    seconds: float | None = 10.0
    sections: int | None = _limit(12_000, "sections")
    options: int | None = _limit(1_000, "options")
    items: int | None = _limit(10_000, "items")
    digits: int | None = _limit(1_000, "characters in a number")
    window: int | None = _limit(10_000, "pixels")
    activations: int | None = _limit(200_000_000_000, "activations")
    parameters: int | None = _limit(4_000_000_000, "parameters")
    multiplications: int | None = _limit(100_000_000_000_000, "multiplications")
    constants: int | None = _limit(12_000_000, "constants besides the parameters")
    steps: int | None = _limit(30_000, "operations")

    def __post_init__(self) -> None:
        for name, value in dataclasses.asdict(self).items():
            if value is not None and not (isinstance(value, (int, float)) and value >= 0):
                raise ArgumentError(name, value, "a number >= 0, or None for no limit")

    def allow(self, name: LimitName, found: int) -> bool:
        """Return whether `found` is within the limit `name`."""
        most: int | None = getattr(self, name)
        return most is None or found <= most

    def check(self, name: LimitName, found: int, place: Place, subject: str = "") -> None:
        """Raise LimitError if `found` exceeds the limit `name`.

        Args:
            name: the limit.
            found: the number that was counted.
            place: the place that asks for it.
            subject: what asks for it, as the beginning of a sentence.
        """
        if not self.allow(name, found):
            raise LimitError(place, subject, name, _COUNTED[name], found, getattr(self, name))


_COUNTED: dict[str, str] = {item.name: item.metadata.get("counted", "") for item in dataclasses.fields(Limits)}

DEFAULT_LIMITS = Limits()
"""The limits that apply by default."""

NO_LIMITS = Limits(**dict.fromkeys((item.name for item in dataclasses.fields(Limits)), None))
"""No limits at all, for files that you trust."""
