"""The code blocks of a Markdown page, and running them in order, as a reader does who follows the page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scripts.places import ROOT

PYTHON, SHELL = "python", "sh"

_MARK = re.compile(r"<!-- not run: (?P<reason>.+?) -->\s*")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: the page's file name.
        line: of its first line of code.
        language: what stands behind the opening fence, "" where nothing does.
        code: what stands between the fences.
        reason: why it is not run, as the comment above it says: `<!-- not run: needs a camera -->`; None without one.
    """

    page: str
    line: int
    language: str
    code: str
    reason: str | None = None


def blocks_of(page: Path) -> list[Block]:
    """Return a page's blocks in order.

    Raises ValueError for code that is indented instead of fenced, which has no language, and for a mark that no block
    follows.
    """
    found: list[Block] = []
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    for above, token in zip([None, *tokens], tokens, strict=False):
        mark = _mark(above)
        if mark and token.type != "fence":
            raise ValueError(f"{page.name}: {mark[0].strip()} stands above no block of code")
        if token.type == "code_block":
            raise ValueError(f"{page.name}: fence the indented code {token.content.splitlines()[0]!r}")
        if token.type == "fence":
            reason = mark["reason"] if mark else None
            found.append(Block(page.name, (token.map or [0])[0] + 2, token.info, token.content, reason))
    return found


def _mark(token: Token | None) -> re.Match[str] | None:
    return _MARK.fullmatch(token.content) if token is not None and token.type == "html_block" else None


def follow(page: Path, folder: Path) -> Iterator[tuple[Block, dict[str, object]]]:
    """Run a page's Python and shell blocks in the current folder, `folder`; yield each with the page's variables.

    Python blocks of a page share their variables. In shell blocks `darkcsp` is this checkout's, and the first command
    that fails ends the page with an AssertionError.
    """
    variables: dict[str, object] = {"__name__": "__main__"}
    for block in blocks_of(page):
        if block.reason is not None:
            continue
        if block.language == PYTHON:
            # The empty lines in front make a traceback name the page's own line.
            exec(compile("\n" * (block.line - 1) + block.code, str(page), "exec"), variables)
        elif block.language == SHELL:
            _run_shell(block, folder)
        yield block, variables


def _run_shell(block: Block, folder: Path) -> None:
    programs = folder / ".bin"
    programs.mkdir(exist_ok=True)
    darkcsp = programs / "darkcsp"
    darkcsp.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m darkcsp "$@"\n')
    darkcsp.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "VIRTUAL_ENV": sys.prefix,
    }
    command = ["bash", "-euo", "pipefail", "-c", block.code]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, f"{block.page}:{block.line}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
