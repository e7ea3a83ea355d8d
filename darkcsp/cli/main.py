"""`darkcsp`: finds a command's file when it is asked for, and turns errors into one line and exit code 2."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from typing import Any, TextIO

import click

from darkcsp.errors import CfgWarning, DarkcspError
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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what a user did wrong becomes one line on standard error and exit code 2."""
        with warnings.catch_warnings():
            warnings.simplefilter("always", CfgWarning)
            warnings.showwarning = _show_warning
            try:
                return super().invoke(ctx)
            except click.ClickException as error:  # may quote a file's name
                object.__setattr__(error, "message", printable(error.message))  # click means it to be final
                raise
            except DarkcspError as error:
                click.echo(str(error), err=True)
                ctx.exit(2)
            except KeyboardInterrupt:
                click.echo("interrupted", err=True)
                ctx.exit(130)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    click.echo(printable(f"{message}" if issubclass(category, CfgWarning) else f"warning: {message}"), err=True)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="darkcsp")
def cli() -> None:
    """Darknet .cfg and .weights files as PyTorch modules and ONNX models, exact to Darknet itself."""


def main() -> None:
    """Console script."""
    try:
        cli(prog_name="darkcsp")
    except BrokenPipeError:  # `darkcsp info x.cfg | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
