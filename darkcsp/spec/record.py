"""Shared dataclass methods of all specs: equality, hash and repr by fields."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Record:
    """A frozen dataclass whose subclasses are declared with `eq=False, repr=False`.

    `dataclass` generates these methods for each class and compiles them on every import. For fifty specs, that takes
    a tenth of a command's startup time.
    """

    def _compared(self) -> tuple[Any, ...]:
        return tuple(getattr(self, item.name) for item in fields(self) if item.compare)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Record) or self.__class__ is not other.__class__:
            return NotImplemented
        return self._compared() == other._compared()

    def __hash__(self) -> int:
        return hash(self._compared())

    def __repr__(self) -> str:
        shown = (f"{item.name}={getattr(self, item.name)!r}" for item in fields(self) if item.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"
