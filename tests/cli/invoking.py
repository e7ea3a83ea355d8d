"""Commands run in this process."""

from __future__ import annotations

from click.testing import CliRunner, Result

from darkcsp.cli.main import cli


def run_command(*arguments: object) -> Result:
    """Run `darkcsp` with arguments, each as text."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])
