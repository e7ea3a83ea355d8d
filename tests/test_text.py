"""Text from files on one line, harmless to a terminal."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import rich.console
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from darkcsp.cli import status
from darkcsp.detect import Detections
from darkcsp.errors import ArgumentError, CfgError, DarkcspError, ModelError, Notice, Place
from darkcsp.progress import step
from darkcsp.text import LINE, NAME, printable, quoted, shortened, shown
from scripts.places import ROOT
from tests.cli.invoking import run_command

HOSTILE = {
    "clears the screen": "\x1b[2J\x1b[H",
    "writes to the clipboard": "\x1b]52;c;cm0gLXJmIH4K\x07",
    "hides what stands before": "all is well\r",
    "a second line": "x\nwarning: update at once",
    "C1 control": "\x9b31m",
    "line separator": "\u2028",
    "turned writing": "\u202etxt.exe",
    "not text": "\udcff\ud800",
    "nothing": "\0",
    "long": "a" * 1_000_000,
    "long and hostile": "\x1b" * 1_000_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_one_printable_line(text: str) -> None:
    line = printable(text)
    assert line.isprintable()
    assert 0 < len(line) <= LINE
    assert line.isascii() or not text.isascii()


@given(st.text(st.characters(exclude_categories=())), st.integers(10, 60))
def test_any_text_becomes_one_line_of_what_length_is_asked_for(text: str, most: int) -> None:
    line = printable(text, most)
    assert line.isprintable()
    assert len(line) <= most
    assert printable(line, most) == line


@pytest.mark.parametrize("text", ["", "dog", "Käse mit Brot", "犬", "path/to a/file (2).jpg", "a" * LINE])
def test_ordinary_text_stays(text: str) -> None:
    assert printable(text) == text


def test_what_has_no_glyph_is_escaped() -> None:
    assert printable("a\tb\x1b\u202e\udc80") == r"a\tb\x1b\u202e\udc80"


def test_long_text_keeps_its_beginning_and_its_end() -> None:
    line = shortened("place: " + "x" * 1000 + " do this", 50)
    assert len(line) == 50
    assert line.startswith("place: ")
    assert line.endswith(" do this")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_every_error_is_one_printable_line(text: str) -> None:
    place = Place(f"{text}.cfg", 3, text)
    errors: list[DarkcspError | Notice] = [
        CfgError(place, f"option={text}"),
        ModelError(text, text),
        ArgumentError("backend", text, text),
        Notice(place, text),
    ]
    for error in errors:
        line = str(error)
        assert line.isprintable()
        assert len(line) <= LINE


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_any_name_can_be_drawn(name: str) -> None:
    picture = np.zeros((60, 80, 3), np.uint8)
    found = Detections(np.array([[5, 30, 70, 55]], np.float32), np.ones(1, np.float32), np.zeros(1, np.int64), (name,))
    assert found.draw(picture).any()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_commands_print_nothing_else(text: str) -> None:
    text = text.replace("\0", "").replace("\ud800", "")  # no argument can have these
    for arguments in (["info", f"{text[:5000]}.cfg"], ["run", "x.png", "--backend", text[:5000]], [text[:5000]]):
        result = run_command(*arguments)
        assert result.exit_code == 2
        for line in result.stderr.splitlines():
            assert line.isprintable(), line
            assert len(line) <= LINE + NAME


def test_class_names_of_strangers(tmp_path: Path) -> None:
    names = tmp_path / "x.names"
    names.write_bytes(b"\n".join(b"\x1b]0;%d\x07\x9b31m\r" % number + b"long" * 1000 for number in range(10)))
    picture = tmp_path / "x.jpg"
    picture.write_bytes((ROOT / "examples" / "scene_1.jpg").read_bytes())
    result = run_command("run", picture, "--names", names, "-o", tmp_path / "out", "--threshold", 0.1)
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert r"\x1b]0;" in line
    assert line.isprintable()


def test_a_progress_line_takes_brackets_as_they_are() -> None:
    written = StringIO()
    terminal = Console(file=written, force_terminal=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rich.console, "Console", lambda **_: terminal)
        patch.setattr(status, "shows_progress", lambda quiet: True)
        with status.status_line():
            step("[/nothing] $x^{ \x1b[2J")
    assert "[/nothing] $x^{ \\x1b[2J" in written.getvalue()


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
