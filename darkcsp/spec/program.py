"""Whose program gives a cfg its meaning, and on what it runs.

Specs freeze what a program implies into plain fields when their section is read (`Position.program`), so that no other
code needs to ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from darkcsp.errors import ArgumentError

Author = Literal["AlexeyAB", "pjreddie"]
"""Whose program. AlexeyAB's fork is the rule; pjreddie's Darknet is for what the fork refuses."""

AUTHORS: tuple[Author, ...] = get_args(Author)

Semantics = Literal["trained", "cpu"]
"""What a network computes.

trained: what it computed when it was trained and published: Darknet's CUDA code.
cpu: what Darknet computes on a CPU, bugs included: AlexeyAB's program built with AVX, and pjreddie's.
"""

SEMANTICS: tuple[Semantics, ...] = get_args(Semantics)

DEFAULT_SEMANTICS: Semantics = "trained"


@dataclass(frozen=True)
class Program:
    """A program that reads cfgs and runs networks.

    Attributes:
        author: whose it is.
        semantics: what its networks compute.

    Raises:
        ArgumentError: the semantics are none that are known.
    """

    author: Author = "AlexeyAB"
    semantics: Semantics = DEFAULT_SEMANTICS

    def __post_init__(self) -> None:
        if self.semantics not in SEMANTICS:
            raise ArgumentError("semantics", self.semantics, f"one of {', '.join(SEMANTICS)}")

    @property
    def on_cpu(self) -> bool:
        """Whether networks compute what the program computes on a CPU, bugs included."""
        return self.semantics == "cpu"


DEFAULT = Program()
"""The rule: what AlexeyAB's networks computed when they were trained."""
