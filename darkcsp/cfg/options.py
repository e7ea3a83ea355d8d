"""Typed getters over one section that record what was read, so that nothing in a cfg is lost silently."""

from __future__ import annotations

from collections.abc import Callable

import darkcsp.cfg.numbers as c_numbers
from darkcsp.cfg.document import Option, Section
from darkcsp.errors import GraphError, Notice, OptionError, Place


class Options:
    """The options of one section, read as Darknet reads them.

    Every getter notes its key, with the default, in `asked`; `unread()` gives the options that nobody asked for. What
    C's number parsing leaves behind, and a value that Darknet replaces, is collected in `notices`. Keys in `hidden`
    are as good as absent.
    """

    def __init__(self, section: Section, path: str, hidden: frozenset[str] = frozenset()) -> None:
        self.hidden = hidden
        self.section = section
        self.path = path
        self.notices: list[Notice] = []
        self.asked: dict[str, object] = {}

    @property
    def place(self) -> Place:
        """Place of the section itself."""
        return Place(self.path, self.section.line, self.section.name)

    def place_of(self, key: str) -> Place:
        """Place of an option, or of the section where it is absent."""
        option = self.section.find(key)
        return Place(self.path, option.line if option else self.section.line, self.section.name)

    def error(self, key: str, message: str) -> OptionError:
        """Make the error for an impossible value of `key`: `key=value: message`."""
        return OptionError(self.place_of(key), f"{self._shown(key)}: {message}")

    def misfit(self, key: str, message: str) -> GraphError:
        """Make the error for a value of `key` that does not fit the rest of the network: `key=value: message`."""
        return GraphError(self.place_of(key), f"{self._shown(key)}: {message}")

    def notice(self, key: str, message: str) -> None:
        """Record something odd about `key`."""
        self.notices.append(Notice(self.place_of(key), f"{self._shown(key)}: {message}"))

    def notice_section(self, message: str) -> None:
        """Record something odd about the section as a whole."""
        self.notices.append(Notice(self.place, message))

    def has(self, key: str) -> bool:
        """Tell whether the key has a value; marks it as read."""
        return self._find(key) is not None

    def integer(self, key: str, default: int, *, least: int | None = None) -> int:
        """Read an integer as atoi does. Raises OptionError where it is below `least`."""
        text = self._find(key, default)
        value = default if text is None else self._parse(key, text, c_numbers.atoi)
        if least is not None and value < least:
            raise self.error(key, f"must be {least} or more")
        return value

    def needed_integer(self, key: str, *, least: int | None = None) -> int:
        """Read an integer that has no default. Raises OptionError where it is missing, or below `least`."""
        if not self.has(key):
            raise self.error(key, "is missing; there is no default")
        return self.integer(key, 0, least=least)

    def number(self, key: str, default: float) -> float:
        """Read a number as atof does."""
        text = self._find(key, default)
        return default if text is None else self._parse(key, text, c_numbers.atof)

    def flag(self, key: str, default: bool = False) -> bool:
        """Read an integer as C's truth: anything but zero."""
        return self.integer(key, int(default)) != 0

    def text(self, key: str, default: str) -> str:
        """Read text."""
        return self._find(key, default) or default

    def optional_text(self, key: str) -> str | None:
        """Read text, None where the option is absent."""
        return self._find(key)

    def integers(self, key: str) -> tuple[int, ...]:
        """Read a list of integers separated by commas; () where absent. A trailing comma adds nothing."""
        return tuple(self._parse(key, item, c_numbers.atoi) for item in self._items(key))

    def numbers(self, key: str) -> tuple[float, ...]:
        """Read a list of numbers separated by commas; () where absent. A trailing comma adds nothing."""
        return tuple(self._parse(key, item, c_numbers.atof) for item in self._items(key))

    def references(self, key: str) -> tuple[int, ...]:
        """Read layer numbers exactly as Darknet does: an empty item, as after a trailing comma, is layer 0."""
        text = self._find(key)
        if text is None:
            return ()
        if text.endswith(","):
            self.notice(key, "Darknet reads the empty item behind the last comma as layer 0")
        return tuple(self._parse(key, item, c_numbers.atoi) for item in text.split(","))

    def unread(self) -> tuple[Option, ...]:
        """Return the options that nobody asked for, first occurrence of each key."""
        seen: set[str] = set()
        rest = []
        for option in self.section.options:
            if option.key not in self.asked and option.key not in seen and option.value is not None:
                rest.append(option)
            seen.add(option.key)
        return tuple(rest)

    def _shown(self, key: str) -> str:
        option = self.section.find(key)
        return f"{key}={option.value}" if option and option.value is not None else key

    def _find(self, key: str, default: object = None) -> str | None:
        if key in self.hidden:
            return None
        if self.asked.get(key) is None:
            self.asked[key] = default
        option = self.section.find(key)
        return None if option is None else option.value

    def _parse(self, key: str, text: str, parse: Callable[[str], c_numbers.Parsed[c_numbers.T]]) -> c_numbers.T:
        value, rest = parse(text)
        if rest:
            self.notice(key, f"Darknet reads {value:g} and ignores {rest!r}")
        return value

    def _items(self, key: str) -> list[str]:
        """Split a list. Darknet counts commas up to a '#' (what follows is a remark); an empty tail is dropped."""
        text = self._find(key)
        items: list[str] = [] if text is None else text.split(",")
        marked = next((position for position, item in enumerate(items) if "#" in item), len(items))
        items = items[: marked + 1]
        while items and not items[-1]:
            items.pop()
        return items
