"""Checks of class names: that they are names, and one for each class of the network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from darkcsp.errors import ArgumentError, Notice, Place, warn
from darkcsp.graph.graph import Graph


def checked_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names as a tuple. Raises ArgumentError unless they are an ordered list of strings; not a dictionary."""
    expected = "a list of names, the first for class 0"
    if isinstance(names, (str, dict, set, frozenset)):
        raise ArgumentError("names", names, expected)
    found = tuple(names)
    for name in found:
        if not isinstance(name, str):
            raise ArgumentError("names", name, expected, f"names: {name!r:.100} is not a name; expected {expected}")
    return found


def classes_of(graph: Graph) -> int | None:
    """Return how many classes a network has; None if its last output is not a vector."""
    if graph.heads:
        return graph.heads[-1].classes
    shape = graph.output.output_to_next
    return shape.c if (shape.h, shape.w) == (1, 1) else None


def check_count(names: Sequence[str], classes: int | None, path: str, strict: bool = False) -> None:
    """Emit a CfgWarning, as Darknet warns, if there are names but not exactly one for each class.

    Args:
        names: the names, () if there are none.
        classes: how many classes the network has; None if unknown.
        path: name of the network in messages.
        strict: raise an ArgumentError instead.
    """
    if not names or classes is None or len(names) == classes:
        return
    message = f"has {classes} classes, but names for {len(names)}; are they the ones it was trained with?"
    if strict:
        raise ArgumentError("names", len(names), f"{classes} names", f"{path}: {message}")
    warn([Notice(Place(path), message)])
