"""The program that defines what a cfg means, and the hardware that it runs on.

Specs store what a program implies in plain fields when their section is read (`Position.program`), so no other code
needs to know the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from darkcsp.errors import ArgumentError

Author = Literal["AlexeyAB", "pjreddie", "WongKinYiu", "WongKinYiu-u3"]
"""Author of a program. AlexeyAB's fork is the default; pjreddie's Darknet is for cfgs that the fork rejects.

"WongKinYiu" is the reader of cfgs in the PyTorch repositories PyTorch_YOLOv4 (master), ScaledYOLOv4 (yolov4-csp) and
yolor; "WongKinYiu-u3" is the older one in PyTorch_YOLOv4's branch u3_preview.
"""

WONGKINYIUS: tuple[Author, ...] = ("WongKinYiu", "WongKinYiu-u3")
"""The PyTorch readers. Their networks compute the same in training and afterwards."""

AUTHORS: tuple[Author, ...] = get_args(Author)

Semantics = Literal["trained", "cpu"]
"""What a network computes.

trained: what it computed when it was trained and published, which is Darknet's CUDA code.
cpu: what Darknet computes on a CPU, bugs included: AlexeyAB's program built with AVX, or pjreddie's program.
"""

SEMANTICS: tuple[Semantics, ...] = get_args(Semantics)

DEFAULT_SEMANTICS: Semantics = "trained"

Dialect = Literal["auto", "alexeyab", "pjreddie", "wongkinyiu", "wongkinyiu-u3"]
"""The program that a cfg is written for, or "auto" to detect it."""

DIALECTS: tuple[Dialect, ...] = get_args(Dialect)

_OF_DIALECT: Mapping[str, Author] = {author.lower(): author for author in AUTHORS}
"""Dialect -> author, without "auto"."""


@dataclass(frozen=True)
class Program:
    """A program that reads cfgs and runs networks.

    Attributes:
        author: the program's author.
        semantics: what its networks compute.
        permissive: whether unknown activations are relu, as in Darknet, instead of an error.

    Raises:
        ArgumentError: the semantics is unknown, or cannot be combined with the author.
    """

    author: Author = "AlexeyAB"
    semantics: Semantics = DEFAULT_SEMANTICS
    permissive: bool = False

    def __post_init__(self) -> None:
        if self.semantics not in SEMANTICS:
            raise ArgumentError("semantics", self.semantics, f"one of {', '.join(SEMANTICS)}")
        if self.author in WONGKINYIUS:
            _check_pytorch(self)

    @property
    def on_cpu(self) -> bool:
        """Whether networks compute what the program computes on a CPU, bugs included."""
        return self.semantics == "cpu"


DEFAULT = Program()
"""The default: what AlexeyAB's networks computed when they were trained."""


def author_of(dialect: str) -> Author | None:
    """Return the author for a dialect, or None for "auto". Raises ArgumentError for an unknown dialect."""
    if dialect not in DIALECTS:
        raise ArgumentError("dialect", dialect, f"one of {', '.join(DIALECTS)}")
    return _OF_DIALECT.get(dialect)


def _check_pytorch(program: Program) -> None:
    dialect = program.author.lower()
    if program.on_cpu:
        message = (
            f"semantics='cpu': dialect {dialect!r} is a PyTorch program, which computes the same everywhere; "
            "expected semantics='trained'"
        )
        raise ArgumentError("semantics", "cpu", "'trained'", message)
    if program.permissive:
        message = f"permissive=True: applies only to Darknet's unknown activations, not to dialect {dialect!r}"
        raise ArgumentError("permissive", True, "False", message)
