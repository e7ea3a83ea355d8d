from __future__ import annotations

import pytest

from darkcsp.errors import Place
from darkcsp.quoting import quoted, shown


@pytest.mark.parametrize(
    ("text", "as_it_is", "in_quotes"),
    [
        ("leaky", "leaky", "'leaky'"),
        ("a\x1b[31m\r", "'a\\x1b[31m\\r'", "'a\\x1b[31m\\r'"),
        ("a\u2028b", "'a\\u2028b'", "'a\\u2028b'"),
        ("\udcff", "'\\udcff'", "'\\udcff'"),
        ("x" * 1_000_000, f"{'x' * 80!r}...", f"{'x' * 80!r}..."),
    ],
)
def test_what_is_quoted_is_printable_and_short(text: str, as_it_is: str, in_quotes: str) -> None:
    assert (shown(text), quoted(text)) == (as_it_is, in_quotes)


def test_places_quote_names_of_sections() -> None:
    assert str(Place("x.cfg", 3, "a\x1b")) == "x.cfg:3: ['a\\x1b']"
    assert len(str(Place("x.cfg", 3, "y" * 1000))) < 120
