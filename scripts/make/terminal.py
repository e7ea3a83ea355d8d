"""Records commands and what they print as docs/terminal.svg, a terminal in which the lines appear one after the other.

    scripts/make_terminal [COMMAND...] [--out docs/terminal.svg]

Each COMMAND is a line of shell; by default the digits model is converted and run. They run in an empty folder beside
which cfgs/, weights/ and examples/ of this repository lie, so that they read as in a clone of it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from darkcsp.files import write_whole
from scripts.arguments import parser
from scripts.places import ROOT

COMMANDS = (
    "darkcsp convert cfgs/digits.cfg weights/digits.weights --names weights/digits.names -o digits.onnx",
    "darkcsp run examples/ --model digits.onnx",
)
FOLDERS = ("cfgs", "weights", "examples")
WIDTH = 100
BEFORE, TYPED, PRINTED = 0.4, 1.2, 0.15
"""Seconds before the first line, after a command, and after a line that it prints."""

_LINE = re.compile(r'<text class="([^"]*)"([^>]*clip-path="url\(#[\w-]*-line-(\d+)\)")')
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""Fonts from elsewhere, which a picture in a page may not load."""


def main() -> None:
    """Run the commands and write the recording."""
    arguments = parser("make_terminal", __doc__)
    arguments.add_argument("commands", metavar="COMMAND", nargs="*", default=COMMANDS)
    arguments.add_argument("--out", type=Path, default=ROOT / "docs" / "terminal.svg")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in FOLDERS:
            Path(folder, name).symlink_to(ROOT / name)
        shown = [(command, printed(command, Path(folder))) for command in options.commands]
    with write_whole(options.out) as file:
        file.write(recording(shown).encode())


def printed(command: str, folder: Path) -> list[str]:
    """Run a command in a folder; return the lines that it prints, errors included."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment["DARKCSP_CACHE"] = str(folder / "cache")
    merged = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, check=True, **merged)  # type: ignore[call-overload]
    lines: list[str] = done.stdout.splitlines()
    return lines


def recording(shown: list[tuple[str, list[str]]]) -> str:
    """Return commands and the lines that they print as SVG."""
    console = Console(record=True, width=WIDTH, file=StringIO(), highlight=False)
    moments: list[float] = []
    now = BEFORE
    for command, lines in shown:
        for text, pause in [(Text.assemble(("$ ", "green"), (command, "bold")), TYPED)] + [
            (Text(line), PRINTED) for line in lines
        ]:
            rows = text.wrap(console, WIDTH)
            for row in rows:
                console.print(row)
            moments += [now] * len(rows)
            now += pause
    console.print()  # rich cuts the last line off
    return animated(console.export_svg(title="darkcsp", theme=MONOKAI, unique_id="terminal"), moments)


def animated(svg: str, moments: list[float]) -> str:
    """Let each line of a terminal that rich drew appear at its moment; what cannot animate shows them all."""
    rules = [f".at-{number} {{ animation-delay: {moment:.2f}s }}" for number, moment in enumerate(moments)]
    style = "\n".join(
        [
            "@keyframes appear { from { opacity: 0 } }",
            "[class*=at-] { animation: appear 0.01s backwards }",
            *rules,
            "@media (prefers-reduced-motion) { [class*=at-] { animation: none } }",
        ]
    )
    svg = _FONT_FACE.sub("", svg).replace("<style>", f"<style>\n{style}\n", 1)
    return _LINE.sub(lambda match: f'<text class="{match[1]} at-{match[3]}"{match[2]}', svg)


if __name__ == "__main__":
    main()
