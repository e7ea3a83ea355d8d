"""Every model of the documents, by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from darkcsp.errors import UnknownModelError
from darkcsp.zoo.classifiers import ENTRIES as CLASSIFIERS
from darkcsp.zoo.detectors import ENTRIES as DETECTORS
from darkcsp.zoo.entry import Entry

CATALOGUE: dict[str, Entry] = {entry.name: entry for entry in (*CLASSIFIERS, *DETECTORS)}
"""Name of the cfg -> model, in the documents' order."""


def find(name: str) -> Entry:
    """Return a model. Raises UnknownModelError with near names."""
    if name not in CATALOGUE:
        raise UnknownModelError(name, near(name, CATALOGUE))
    return CATALOGUE[name]


def near(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three names that look like `name`."""
    return difflib.get_close_matches(name.lower(), list(known), 3, 0.5)
