"""Whose program gives a cfg its meaning, and on what it runs.

Specs freeze what a program implies into plain fields when their section is read (`Position.program`), so that no other
code needs to ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Author = Literal["AlexeyAB", "pjreddie"]
"""Whose program. AlexeyAB's fork is the rule; pjreddie's Darknet is for what the fork refuses."""

Semantics = Literal["trained", "cpu"]
"""What the network computed where it was trained, or what the program computes on a CPU, bugs included."""


@dataclass(frozen=True)
class Program:
    """A program that reads cfgs and runs networks.

    Raises ValueError for "trained", which no layer follows yet.

    Attributes:
        author: whose it is.
        semantics: on what it runs.
    """

    author: Author = "AlexeyAB"
    semantics: Semantics = "cpu"

    def __post_init__(self) -> None:
        if self.semantics != "cpu":
            raise ValueError(f"semantics={self.semantics!r} is not implemented; expected 'cpu'")
