"""How much a file may ask for before darkcsp refuses to work on it: all limits, and the error that names them.

The defaults are at least ten times what the largest published cfg needs, YOLOv4 at 4096x4096 among them. Sizes are
multiplied and compared before anything is made of them.
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
"""A limit on a count. `Limits.seconds` is the one that is none."""


def _limit(most: int, counted: str) -> int | None:
    """Make a field; `counted` is what its number counts, for messages."""
    found: int | None = field(default=most, metadata={"counted": counted})
    return found


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that a cfg and the files beside it may ask for; None sets no limit.

    Attributes:
        cfg_bytes: size of a cfg file.
        names_bytes: size of a file of class names, or of a tree of classes.
        cache_bytes: size of a file in the cache of chosen engines.
        seconds: how long a pipe or a device may take to give such a file.
        sections: sections of a cfg.
        options: options of a section.
        items: items of a list, and anchors that `num` stands for.
        digits: characters of a number.
        window: a size, stride, padding or dilation.
        activations: values that all layers give for one picture, and the picture's own.
        parameters: numbers in a `.weights` file.
        multiplications: of all layers for one picture.
        constants: numbers that are made for layers beside their parameters, such as the places of a head's cells.
        steps: operations that layers are made of, such as one for each source that is added.

    Raises:
        ArgumentError: a limit is neither None nor a number from 0 up.
    """

    cfg_bytes: int | None = _limit(1_000_000, "bytes of a cfg")
    names_bytes: int | None = _limit(10_000_000, "bytes of class names")
    cache_bytes: int | None = _limit(1_000_000, "bytes of a cache")
    seconds: float | None = 10.0
    sections: int | None = _limit(12_000, "sections")
    options: int | None = _limit(1_000, "options of a section")
    items: int | None = _limit(10_000, "items of a list")
    digits: int | None = _limit(1_000, "characters of a number")
    window: int | None = _limit(10_000, "pixels of a window, or from one to the next")
    activations: int | None = _limit(200_000_000_000, "activations")
    parameters: int | None = _limit(4_000_000_000, "parameters")
    multiplications: int | None = _limit(100_000_000_000_000, "multiplications")
    constants: int | None = _limit(12_000_000, "numbers beside the parameters")
    steps: int | None = _limit(30_000, "operations")

    def __post_init__(self) -> None:
        for name, value in dataclasses.asdict(self).items():
            if value is not None and not (isinstance(value, (int, float)) and value >= 0):
                raise ArgumentError(name, value, "a number from 0 up, or None for no limit")

    def allow(self, name: LimitName, found: int) -> bool:
        """Tell whether so many are within the limit of this name."""
        most: int | None = getattr(self, name)
        return most is None or found <= most

    def check(self, name: LimitName, found: int, place: Place, subject: str = "") -> None:
        """Raise LimitError where `found` is beyond the limit of this name.

        Args:
            name: the limit.
            found: what was counted.
            place: where.
            subject: what it is that asks for so many, as the beginning of a sentence.
        """
        if not self.allow(name, found):
            raise LimitError(place, subject, name, _COUNTED[name], found, getattr(self, name))


_COUNTED: dict[str, str] = {item.name: item.metadata.get("counted", "") for item in dataclasses.fields(Limits)}

DEFAULT_LIMITS = Limits()
"""Those that hold where nobody says anything."""

NO_LIMITS = Limits(**dict.fromkeys((item.name for item in dataclasses.fields(Limits)), None))
"""For files that one has written oneself."""
