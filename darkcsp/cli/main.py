"""`darkcsp`: imports a command's file when the command is used, and turns errors into one line and exit code 2."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any, TextIO

import click

from darkcsp.cli.telling import tell
from darkcsp.errors import CfgWarning, DarkcspError, DetectionWarning, first_line
from darkcsp.text import printable
from darkcsp.version import __version__

COMMANDS = {
    "info": "Show a network layer by layer.",
    "convert": "Convert cfg and weights to an ONNX file.",
    "run": "Run a model on pictures and videos.",
    "bench": "Measure how fast models run on this machine.",
    "zoo": "List the models that darkcsp has cfgs for.",
    "new": "Write the cfg of a model or of a composed network.",
    "paper": "Compare darkcsp's models with the published tables.",
}
"""Names and one-line help texts. The command NAME is in `darkcsp/cli/NAME.py`."""

DISTRIBUTIONS = {"cv2": "opencv-python"}
"""pip's names for libraries whose modules have other names."""


INTERRUPTED = 130
"""Exit code after Ctrl-C, as in shells."""

_OWN_WARNINGS = (CfgWarning, DetectionWarning)
"""Warnings that are always printed, whatever Python's warning filters say."""

_OF_WRITING = (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF, errno.EAGAIN, getattr(errno, "EDQUOT", None))


class _NobodyReads(Exception):
    """Stands in for BrokenPipeError, which click would turn into exit code 1."""


class Commands(click.Group):
    """Imports a command only when it runs; `--help` imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's file."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"darkcsp.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments begin with, or suggest similar names."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS)
            hint = f"did you mean {' or '.join(near)}?" if near else f"choose from {', '.join(COMMANDS)}"
            ctx.fail(f"no such command {name!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the options before the command; --help prints here."""
        with _broken_pipes():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; user errors become one line on standard error and exit code 2."""
        with _broken_pipes(), warnings.catch_warnings():
            for category in _OWN_WARNINGS:
                warnings.simplefilter("always", category)
            warnings.showwarning = _show_warning
            try:
                return super().invoke(ctx)
            except click.ClickException as error:  # may quote a file's name
                object.__setattr__(error, "message", printable(error.message))  # click declares it final
                raise
            except DarkcspError as error:
                tell(str(error))
                ctx.exit(2)
            except ImportError as error:
                tell(_missing(error))
                ctx.exit(2)
            except KeyboardInterrupt:
                tell("interrupted")
                ctx.exit(INTERRUPTED)


@contextlib.contextmanager
def _broken_pipes() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise _NobodyReads from None


def _missing(error: ImportError) -> str:
    """Return a line that says what to install for a command that cannot import something."""
    library = (error.name or "").partition(".")[0]
    if not isinstance(error, ModuleNotFoundError) or library in ("", "darkcsp"):
        return f"{library or 'a library'} cannot be imported: {first_line(error)}"
    return f"this command needs {library}, which is not installed: pip install {DISTRIBUTIONS.get(library, library)}"


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    tell(f"{message}" if issubclass(category, _OWN_WARNINGS) else f"warning: {message}")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="darkcsp")
def cli() -> None:
    """Convert Darknet .cfg and .weights files to PyTorch modules and ONNX models that match Darknet exactly."""


def main() -> None:
    """Console script."""
    code = _run()
    if code == INTERRUPTED:
        os._exit(code)  # not sys.exit: Python would end by the signal if that struck code made by exec
    sys.exit(code)


def _run() -> int:
    """Run a command and return its exit code, whatever happens to standard output."""
    _occupy_streams()
    if sys.stdout is None:
        tell("standard output: is closed")
        return 2
    try:
        code = cli.main(prog_name="darkcsp", standalone_mode=False)
        sys.stdout.flush()
        return code or 0
    except click.ClickException as error:
        with contextlib.suppress(OSError):
            error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        tell("interrupted")
        return INTERRUPTED
    except (_NobodyReads, BrokenPipeError):  # `darkcsp zoo | head -1`: the reader has all it wanted
        _forget_output()
        return 0
    except OSError as error:
        tell(_reason(error))
        _forget_output()
        return 2


def _occupy_streams() -> None:
    """Make sure that no file gets the number of a closed standard stream: libraries would print into it."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)


def _reason(error: OSError) -> str:
    """Return what failed. Code that writes files names them, so a write error without a name is standard output's."""
    if error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    if error.errno in _OF_WRITING:
        return f"standard output: cannot be written: {error.strerror}"
    return error.strerror or first_line(error)


def _forget_output() -> None:
    """Drop what is left in standard output's buffer, which Python would otherwise try to write again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
