"""Recognise published cfgs by their layers: which repository has them, and for whose program.

The table has only names and hashes; `scripts/make_published` generates it from the repositories' files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from itertools import zip_longest
from typing import NamedTuple, cast

from darkcsp.cfg.document import Cfg
from darkcsp.graph.rules import COMMON
from darkcsp.spec.program import Author
from darkcsp.spec.registry import ignored_options

FILE = "published.json"
"""File in the package darkcsp.data."""

CLASSES = frozenset(["anchors", "classes", "num"])
"""Options that depend on the classes that a network is trained for."""

HEX_DIGITS = 16


class Publication(NamedTuple):
    """A cfg in a repository: the author of the program that it is for, and its path."""

    author: Author
    path: str


def hash_of_layers(document: Cfg) -> str:
    """Return a hash of the sections after the first, with the options that matter for inference.

    Comments, whitespace, the order of options and repeated options are ignored, and so are a head's classes, its
    anchors and the filters of the convolution above it.
    """
    sections = document.sections[1:]
    free = CLASSES | COMMON | ignored_options("AlexeyAB")
    lines = []
    for section, below in zip_longest(sections, sections[1:]):
        own = free | {"filters"} if below is not None and below.find("anchors") else free
        options = {option.key: option.value or "" for option in reversed(section.options) if option.key not in own}
        lines.append(f"[{section.name}] " + " ".join(f"{key}={options[key]}" for key in sorted(options)))
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:HEX_DIGITS]


def find_publications(document: Cfg) -> tuple[Publication, ...]:
    """Return where cfgs with the same layers were published; () for an unknown cfg."""
    table = _table()
    return table.get(hash_of_layers(document), ())


@cache
def _table() -> Mapping[str, tuple[Publication, ...]]:
    text = (resources.files("darkcsp.data") / FILE).read_text("utf-8")
    found = cast("dict[str, list[tuple[Author, str]]]", json.loads(text))
    return {key: tuple(Publication(author, path) for author, path in items) for key, items in found.items()}
