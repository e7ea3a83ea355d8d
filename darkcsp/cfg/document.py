"""A cfg as data: sections and options with their line numbers, and the unchanged text."""

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
    """One `key=value` line. `value` is None if the line has no `=`; Darknet then uses the default."""

    key: str
    value: str | None
    line: int

    def __str__(self) -> str:
        return shown(self.key) if self.value is None else f"{shown(self.key)}={shown(self.value)}"


@dataclass(frozen=True)
class Section:
    """A `[name]` line and the options below it, in file order. `name` is as written, without brackets."""

    name: str
    line: int
    options: tuple[Option, ...] = ()

    def find(self, key: str) -> Option | None:
        """Return the option that Darknet uses, which is the first with this key, or None."""
        return self._first.get(key)

    @cached_property
    def _first(self) -> Mapping[str, Option]:
        return {option.key: option for option in reversed(self.options)}


@dataclass(frozen=True, repr=False)
class Cfg(Described):
    """A parsed cfg. `str(cfg)` is exactly the text that was read, with undecodable bytes as surrogates.

    Attributes:
        path: the path it was read from, for messages.
        text: the complete text, including line endings and byte order mark.
        sections: the sections; the first is `[net]`.
        notices: anything suspicious that the reader found.
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
        """SHA-256 of the file's bytes, as a hex digest."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        """Return the file's bytes, identical to those that were read."""
        return self.text.encode("utf-8", "surrogateescape")
