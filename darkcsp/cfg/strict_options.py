"""Strict typed getters: options as WongKinYiu's PyTorch readers read them."""

from __future__ import annotations

import re
from collections.abc import Callable

import darkcsp.cfg.numbers as c_numbers
from darkcsp.cfg.options import Options
from darkcsp.errors import OptionError
from darkcsp.text import quoted

_WHOLE = re.compile(r"[+-]?[0-9]+")


class StrictOptions(Options):
    """The options of one section, with numbers read as Python reads them: any text after a number is an error.

    A single integer may contain only digits, since those readers treat anything else, such as -1 or 1.0, as text.
    """

    def integer(self, key: str, default: int, *, least: int | None = None) -> int:
        """Read an integer. Raises OptionError if it has anything but digits, or is less than `least`."""
        text = self._find(key, default)
        if text is not None and not (text.isascii() and text.isdigit()):
            raise self.error(key, "expected only digits")
        return super().integer(key, default, least=least)

    def integers(self, key: str) -> tuple[int, ...]:
        """Read a comma-separated list of integers; () if absent. Raises OptionError if an item is empty or invalid."""
        return tuple(self._read(key, self._strict_items(key, _WHOLE.fullmatch, "whole numbers"), c_numbers.atoi_all))

    def references(self, key: str) -> tuple[int, ...]:
        """Read layer numbers like `integers`."""
        return self.integers(key)

    def numbers(self, key: str) -> tuple[float, ...]:
        """Read a comma-separated list of numbers; () if absent. Raises OptionError if an item is empty or invalid."""
        return tuple(self._finite(key, self._strict_items(key, _is_number, "numbers")))

    def _strict_items(self, key: str, accepts: Callable[[str], object], what: str) -> list[str]:
        text = self._find(key)
        items = [] if text is None else [item.strip() for item in self._split(key, text)]
        for item in items:
            if not accepts(item):
                raise self._bad_item(key, item, what)
        return items

    def _bad_item(self, key: str, item: str, what: str) -> OptionError:
        found = f"found {quoted(item)}" if item else "found an empty item"
        return self.error(key, f"expected {what} separated by commas; {found}")


def _is_number(text: str) -> bool:
    return bool(text) and not c_numbers.atof(text)[1] and not text.lower().lstrip("+-").startswith("0x")
