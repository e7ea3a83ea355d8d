"""Text from files, made fit to be printed and drawn.

Class names, section names, metadata and names of files come from strangers. On a terminal an escape sequence in them is
a command, a carriage return hides what stands before it, and a million letters are a million letters.
"""

from __future__ import annotations

LINE = 500
"""Characters of the longest message."""

NAME = 100
"""Characters of the longest class name that is printed or drawn."""

QUOTED = 80
"""Characters that a message quotes of a file's text."""

_GAP = " ... "


def printable(text: str, most: int = LINE) -> str:
    r"""Return text on one line, of at most `most` characters.

    What has no glyph becomes an escape such as \x1b, \n or \u202e: control characters, line separators, marks that
    turn the direction of writing, and surrogates, which stand for bytes that are no text. Longer text loses its middle,
    as messages begin with the place and end with what to do.
    """
    if len(text) <= most and text.isprintable():
        return text
    shown = shortened(text, most)
    if not shown.isprintable():
        shown = shortened("".join(map(_escaped, shown)), most)
    return shown


def shortened(text: str, most: int) -> str:
    """Return text of at most `most` characters, at least ten, without its middle where it is longer."""
    if len(text) <= most:
        return text
    end = (most - len(_GAP)) // 3
    return text[: most - len(_GAP) - end] + _GAP + text[len(text) - end :]


def quoted(text: str) -> str:
    """Return a text in quotes, its start where it is long."""
    return repr(text) if len(text) <= QUOTED else f"{text[:QUOTED]!r}..."


def shown(text: str) -> str:
    """Return a text as it is where that is short and printable, else as `quoted` does."""
    return text if len(text) <= QUOTED and text.isprintable() else quoted(text)


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
