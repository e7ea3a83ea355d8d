"""Work that takes long says how far it has come.

It says so to the logger "darkcsp.progress", at level DEBUG. Commands show it on a terminal, see `cli.status`; elsewhere
nobody need listen.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Protocol, TypeVar

Item = TypeVar("Item", covariant=True)

logger = logging.getLogger("darkcsp.progress")


class Counted(Protocol[Item]):
    """Things whose number is known before they are there."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Item]: ...


def step(text: str) -> None:
    """Say what begins now."""
    logger.debug("%s", text)


def counted(items: Counted[Item], text: str) -> Iterator[Item]:
    """Yield items, saying before each what it is for and how many there are: "picture 3 of 20"."""
    for number, item in enumerate(items, 1):
        step(f"{text} {number} of {len(items)}")
        yield item
