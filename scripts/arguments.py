"""Command lines of the scripts."""

from __future__ import annotations

import argparse


def parser(command: str, text: str | None) -> argparse.ArgumentParser:
    """Return the parser of a command in scripts/; its help is the module's docstring, unchanged."""
    return argparse.ArgumentParser(prog=command, description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
