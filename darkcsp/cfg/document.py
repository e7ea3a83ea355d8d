"""A cfg as data: sections and options that know their lines, over the untouched text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from darkcsp.description import Described
from darkcsp.errors import Notice, Place
from darkcsp.text import shown


@dataclass(frozen=True)
class Option:
    """One `key=value` line. `value` is None where the line has no `=`; Darknet then uses the default."""

    key: str
    value: str | None
    line: int

    def __str__(self) -> str:
        return shown(self.key) if self.value is None else f"{shown(self.key)}={shown(self.value)}"


@dataclass(frozen=True)
class Section:
    """One `[name]` and the options below it, in file order. `name` is as written, without brackets."""

    name: str
    line: int
    options: tuple[Option, ...] = ()

    def find(self, key: str) -> Option | None:
        """Return the option that Darknet would find: the first with this key."""
        return self._first.get(key)

    @cached_property
    def _first(self) -> Mapping[str, Option]:
        return {option.key: option for option in reversed(self.options)}


@dataclass(frozen=True, repr=False)
class Cfg(Described):
    """A parsed cfg. `str(cfg)` is the text it was read from, to the byte (undecodable bytes are surrogates).

    Attributes:
        path: where it came from, for messages.
        text: the whole text, line ends and byte order mark included.
        sections: the sections; the first is `[net]`.
        notices: what the reader found odd.
    """

    path: str
    text: str
    sections: tuple[Section, ...]
    notices: tuple[Notice, ...] = field(default=())

    def __str__(self) -> str:
        return self.text

    def _facts(self) -> dict[str, object]:
        return {"path": self.path, "sections": len(self.sections), "notices": len(self.notices)}

    def place(self, section: Section, option: Option | None = None) -> Place:
        """Return the place of a section, or of one option in it."""
        return Place(self.path, option.line if option else section.line, section.name)

    @property
    def sha256(self) -> str:
        """Hex digest of the file's bytes."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        """Return the file's bytes, identical to what was read."""
        return self.text.encode("utf-8", "surrogateescape")
