"""Make text from files safe to print and draw.

Class names, section names, metadata and file names are untrusted. On a terminal, an escape sequence in them is a
command, a carriage return hides the text before it, and a million letters fill the screen.
"""

from __future__ import annotations

LINE = 500
"""Maximum length of a message, in characters."""

NAME = 100
"""Maximum length of a class name that is printed or drawn, in characters."""

QUOTED = 80
"""Maximum number of characters that a message quotes from a file."""

_GAP = " ... "


def printable(text: str, most: int = LINE) -> str:
    r"""Return text on one line, of at most `most` characters.

    Characters without a glyph become escapes such as \x1b, \n or \u202e: control characters, line separators, marks
    that change the text direction, and surrogates, which stand for undecodable bytes. Longer text is cut in the middle,
    because messages start with the place and end with the remedy.
    """
    if len(text) <= most and text.isprintable():
        return text
    shown = shortened(text, most)
    if not shown.isprintable():
        shown = shortened("".join(map(_escaped, shown)), most)
    return shown


def shortened(text: str, most: int) -> str:
    """Return text of at most `most` characters (10 or more), cut in the middle if it is longer."""
    if len(text) <= most:
        return text
    end = (most - len(_GAP)) // 3
    return text[: most - len(_GAP) - end] + _GAP + text[len(text) - end :]


def quoted(text: str) -> str:
    """Return a text in quotes, or only its start if it is long."""
    return repr(text) if len(text) <= QUOTED else f"{text[:QUOTED]!r}..."


def shown(text: str) -> str:
    """Return a text unchanged if it is short and printable, otherwise as `quoted` does."""
    return text if len(text) <= QUOTED and text.isprintable() else quoted(text)


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
