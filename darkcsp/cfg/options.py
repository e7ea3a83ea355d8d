"""Typed getters for one section. They record which options were read, so that no option is silently ignored."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import darkcsp.cfg.numbers as c_numbers
from darkcsp.cfg.document import Option, Section
from darkcsp.errors import GraphError, Notice, OptionError, Place
from darkcsp.limits import DEFAULT_LIMITS, LimitName, Limits
from darkcsp.text import quoted, shown

Parse = Callable[[Sequence[str]], list[c_numbers.Parsed[c_numbers.T]]]

LARGEST = 3.4028234663852886e38
"""The largest finite float32; networks compute in float32."""


class Options:
    """The options of one section, read as Darknet reads them.

    Every getter records its key, with the default, in `asked`; `unread()` returns the options that no getter asked for.
    Text that C's number parsing ignores, and values that Darknet replaces, are collected in `notices`. Keys in `hidden`
    are treated as absent. Numbers that float32 cannot represent are errors, as are numbers and lists beyond `limits`.
    """

    def __init__(
        self,
        section: Section,
        path: str,
        hidden: frozenset[str] = frozenset(),
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.hidden, self.limits = hidden, limits
        self.section = section
        self.path = path
        self.notices: list[Notice] = []
        self.asked: dict[str, object] = {}

    @property
    def place(self) -> Place:
        """The section's place."""
        return Place(self.path, self.section.line, self.section.name)

    def place_of(self, key: str) -> Place:
        """Return the place of an option, or of the section if the option is absent."""
        option = self.section.find(key)
        return Place(self.path, option.line if option else self.section.line, self.section.name)

    def error(self, key: str, message: str) -> OptionError:
        """Return the error for an invalid value of `key`: `key=value: message`."""
        return OptionError(self.place_of(key), f"{self._shown(key)}: {message}")

    def misfit(self, key: str, message: str) -> GraphError:
        """Return the error for a value of `key` that does not fit the rest of the network: `key=value: message`."""
        return GraphError(self.place_of(key), f"{self._shown(key)}: {message}")

    def check(self, limit: LimitName, key: str, found: int) -> None:
        """Raise LimitError if `key` asks for more than a limit allows."""
        if not self.limits.allow(limit, found):
            self.limits.check(limit, found, self.place_of(key), f"{self._shown(key)}:")

    def notice(self, key: str, message: str) -> None:
        """Record something suspicious about `key`."""
        self.notices.append(Notice(self.place_of(key), f"{self._shown(key)}: {message}"))

    def notice_section(self, message: str) -> None:
        """Record something suspicious about the section as a whole."""
        self.notices.append(Notice(self.place, message))

    def has(self, key: str) -> bool:
        """Return whether the key has a value, and mark it as read."""
        return self._find(key) is not None

    def integer(self, key: str, default: int, *, least: int | None = None) -> int:
        """Read an integer as atoi does. Raises OptionError if it is less than `least`."""
        text = self._find(key, default)
        value = default if text is None else self._read(key, [text], c_numbers.atoi_all)[0]
        if least is not None and value < least:
            raise self.error(key, f"must be {least} or more")
        return value

    def needed_integer(self, key: str, *, least: int | None = None) -> int:
        """Read an integer that has no default. Raises OptionError if it is missing, or less than `least`."""
        if not self.has(key):
            raise self.error(key, "is missing; there is no default")
        return self.integer(key, 0, least=least)

    def window(self, key: str, default: int, *, least: int | None = None) -> int:
        """Read a size, stride, padding or dilation like `integer`. Raises LimitError if it is too large."""
        value = self.integer(key, default, least=least)
        self.check("window", key, abs(value))
        return value

    def needed_window(self, key: str, *, least: int | None = None) -> int:
        """Read a `window` that has no default. Raises OptionError if it is missing, LimitError if it is too large."""
        value = self.needed_integer(key, least=least)
        self.check("window", key, value)
        return value

    def number(self, key: str, default: float) -> float:
        """Read a number as atof does. Raises OptionError if it is NaN or too large for float32."""
        text = self._find(key, default)
        return default if text is None else self._finite(key, [text])[0]

    def flag(self, key: str, default: bool = False) -> bool:
        """Read an integer as a C boolean: true unless zero."""
        return self.integer(key, int(default)) != 0

    def text(self, key: str, default: str) -> str:
        """Read text."""
        return self._find(key, default) or default

    def optional_text(self, key: str) -> str | None:
        """Read text; None if the option is absent."""
        return self._find(key)

    def integers(self, key: str) -> tuple[int, ...]:
        """Read a comma-separated list of integers; () if absent. A trailing comma is ignored."""
        return tuple(self._read(key, self._items(key), c_numbers.atoi_all))

    def numbers(self, key: str) -> tuple[float, ...]:
        """Read a comma-separated list of numbers; () if absent. A trailing comma is ignored.

        Raises OptionError if one is NaN or too large for float32.
        """
        return tuple(self._finite(key, self._items(key)))

    def references(self, key: str) -> tuple[int, ...]:
        """Read layer numbers exactly as Darknet does: an empty item, such as after a trailing comma, is layer 0."""
        text = self._find(key)
        if text is None:
            return ()
        if text.endswith(","):
            self.notice(key, "Darknet reads the empty item after the last comma as layer 0")
        return tuple(self._read(key, self._split(key, text), c_numbers.atoi_all))

    def unread(self) -> tuple[Option, ...]:
        """Return the options that no getter asked for, only the first for each key."""
        seen: set[str] = set()
        rest = []
        for option in self.section.options:
            if option.key not in self.asked and option.key not in seen and option.value is not None:
                rest.append(option)
            seen.add(option.key)
        return tuple(rest)

    def _shown(self, key: str) -> str:
        option = self.section.find(key)
        return str(option) if option else shown(key)

    def _find(self, key: str, default: object = None) -> str | None:
        if key in self.hidden:
            return None
        if self.asked.get(key) is None:
            self.asked[key] = default
        option = self.section.find(key)
        return None if option is None else option.value

    def _read(self, key: str, texts: Sequence[str], parse: Parse[c_numbers.T]) -> list[c_numbers.T]:
        """Read numbers. Record a notice about text that C ignores after them, at the first such item of a list."""
        read = parse(texts)
        if not self.limits.allow("digits", max(map(len, texts), default=0)):
            for text, (_, rest) in zip(texts, read, strict=True):
                self.check("digits", key, len(text) - len(rest))
        odd = [(value, rest) for value, rest in read if rest]
        if odd:
            value, rest = odd[0]
            others = f", and likewise for {len(odd) - 1} more in the list" if odd[1:] else ""
            self.notice(key, f"Darknet reads {value:g} and ignores {quoted(rest)}{others}")
        return [value for value, _ in read]

    def _finite(self, key: str, texts: Sequence[str]) -> list[float]:
        """Read numbers. Raises OptionError if one is NaN or too large for float32."""
        found = self._read(key, texts, c_numbers.atof_all)
        for value in found:
            if not abs(value) <= LARGEST:
                raise self.error(key, f"{value:g} is not a finite float32 number")
        return found

    def _split(self, key: str, text: str) -> list[str]:
        self.check("items", key, text.count(",") + 1)
        return text.split(",")

    def _items(self, key: str) -> list[str]:
        """Split a list. Darknet counts commas only up to a '#', which starts a comment; empty items at the end go."""
        text = self._find(key)
        items: list[str] = [] if text is None else self._split(key, text)
        marked = next((position for position, item in enumerate(items) if "#" in item), len(items))
        items = items[: marked + 1]
        while items and not items[-1]:
            items.pop()
        return items
