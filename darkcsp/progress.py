"""Progress messages of long work.

They go to the logger "darkcsp.progress" at level DEBUG. Commands show them on a terminal (see `cli.status`); other
programs can ignore them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Protocol, TypeVar

Item = TypeVar("Item", covariant=True)

logger = logging.getLogger("darkcsp.progress")


class Counted(Protocol[Item]):
    """An iterable whose length is known in advance."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Item]: ...


def step(text: str) -> None:
    """Log what starts now."""
    logger.debug("%s", text)


def counted(items: Counted[Item], text: str) -> Iterator[Item]:
    """Yield items and log a line before each, made of `text` and its number: "picture 3 of 20"."""
    for number, item in enumerate(items, 1):
        step(f"{text} {number} of {len(items)}")
        yield item
