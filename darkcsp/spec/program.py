"""Whose program gives a cfg its meaning, and on what it runs.

Specs freeze what a program implies into plain fields when their section is read (`Position.program`), so that no other
code needs to ask for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from darkcsp.errors import ArgumentError

Author = Literal["AlexeyAB", "pjreddie", "WongKinYiu", "WongKinYiu-u3"]
"""Whose program. AlexeyAB's fork is the rule; pjreddie's Darknet is for what the fork refuses.

"WongKinYiu" is the reader of cfgs in the PyTorch repositories PyTorch_YOLOv4 (master), ScaledYOLOv4 (yolov4-csp) and
yolor; "WongKinYiu-u3" is the older one in PyTorch_YOLOv4's branch u3_preview.
"""

WONGKINYIUS: tuple[Author, ...] = ("WongKinYiu", "WongKinYiu-u3")
"""The readers in PyTorch. There is nothing between what they train and what they run."""

AUTHORS: tuple[Author, ...] = get_args(Author)

Semantics = Literal["trained", "cpu"]
"""What a network computes.

trained: what it computed when it was trained and published: Darknet's CUDA code.
cpu: what Darknet computes on a CPU, bugs included: AlexeyAB's program built with AVX, and pjreddie's.
"""

SEMANTICS: tuple[Semantics, ...] = get_args(Semantics)

DEFAULT_SEMANTICS: Semantics = "trained"

Dialect = Literal["auto", "alexeyab", "pjreddie", "wongkinyiu", "wongkinyiu-u3"]
"""What a caller says of a cfg: whose it is, or that this is to be found out."""

DIALECTS: tuple[Dialect, ...] = get_args(Dialect)

_OF_DIALECT: Mapping[str, Author] = {author.lower(): author for author in AUTHORS}
"""Dialect -> author; "auto" has none."""


@dataclass(frozen=True)
class Program:
    """A program that reads cfgs and runs networks.

    Attributes:
        author: whose it is.
        semantics: what its networks compute.
        permissive: whether an activation that Darknet does not know is relu, as in Darknet, and no error.

    Raises:
        ArgumentError: the semantics are none that are known, or do not go together with the author.
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
"""The rule: what AlexeyAB's networks computed when they were trained."""


def author_of(dialect: str) -> Author | None:
    """Return the author that a dialect names, None for "auto". Raises ArgumentError for any other name."""
    if dialect not in DIALECTS:
        raise ArgumentError("dialect", dialect, f"one of {', '.join(DIALECTS)}")
    return _OF_DIALECT.get(dialect)


def _check_pytorch(program: Program) -> None:
    dialect = program.author.lower()
    if program.on_cpu:
        message = (
            f"semantics='cpu': dialect {dialect!r} is a program in PyTorch, which computes the same everywhere; "
            "expected semantics='trained'"
        )
        raise ArgumentError("semantics", "cpu", "'trained'", message)
    if program.permissive:
        message = f"permissive=True: keeps what Darknet makes of unknown activations; dialect {dialect!r} has none"
        raise ArgumentError("permissive", True, "False", message)
