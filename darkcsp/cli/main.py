"""`darkcsp`: finds a command's file when it is asked for, and turns errors into one line and exit code 2."""

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
    "convert": "Write a network as an ONNX file.",
    "run": "Find things in pictures.",
    "bench": "Measure how fast models run here.",
    "zoo": "List the models that darkcsp has cfgs of.",
    "new": "Write a new cfg.",
    "paper": "Compare darkcsp's models with the documents' tables.",
}
"""Names and one-line helps; `darkcsp/cli/NAME.py` holds the command NAME."""

DISTRIBUTIONS = {"cv2": "opencv-python"}
"""What pip calls libraries that it does not call by their modules' names."""


INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

_OWN_WARNINGS = (CfgWarning, DetectionWarning)
"""Warnings that are printed whatever Python is told of warnings."""

_OF_WRITING = (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF, errno.EAGAIN, getattr(errno, "EDQUOT", None))


class _NobodyReads(Exception):
    """What stands for BrokenPipeError, of which click makes exit code 1."""


class Commands(click.Group):
    """Imports a command when it is run; `--help` needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of `COMMANDS`."""
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
        """Find the command that the arguments begin with; what looks like one is suggested."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS)
            hint = f"did you mean {' or '.join(near)}?" if near else f"choose from {', '.join(COMMANDS)}"
            ctx.fail(f"there is no command {name!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the options in front of a command; --help prints."""
        with _broken_pipes():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what a user did wrong becomes one line on standard error and exit code 2."""
        with _broken_pipes(), warnings.catch_warnings():
            for category in _OWN_WARNINGS:
                warnings.simplefilter("always", category)
            warnings.showwarning = _show_warning
            try:
                return super().invoke(ctx)
            except click.ClickException as error:  # may quote a file's name
                object.__setattr__(error, "message", printable(error.message))  # click means it to be final
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
    """Say what to install for a command that cannot import something."""
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
    """Darknet .cfg and .weights files as PyTorch modules and ONNX models, exact to Darknet itself."""


def main() -> None:
    """Console script."""
    code = _run()
    if code == INTERRUPTED:
        os._exit(code)  # in sys.exit's place, as Python ends by the signal where that struck code that is made by exec
    sys.exit(code)


def _run() -> int:
    """Run a command and return its exit code, whatever becomes of standard output."""
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
    except (_NobodyReads, BrokenPipeError):  # `darkcsp zoo | head -1`: they have read as much as they wanted
        _forget_output()
        return 0
    except OSError as error:
        tell(_reason(error))
        _forget_output()
        return 2


def _occupy_streams() -> None:
    """See to it that no file gets the number of a stream that is closed, where libraries would print into it."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)


def _reason(error: OSError) -> str:
    """Say what failed. What writes files names them, so an error of writing that names none is standard output's."""
    if error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    if error.errno in _OF_WRITING:
        return f"standard output: cannot be written: {error.strerror}"
    return error.strerror or first_line(error)


def _forget_output() -> None:
    """Drop what is left in standard output's buffer, which Python would try to write once more in the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
