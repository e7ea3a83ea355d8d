"""`darkcsp zoo`: the documents' tables beside what darkcsp computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkcsp.zoo.tables import Sheet


@click.command()
@click.option("--table", "name", help="One table alone: table-1, readme-big-models, ..., figures, models.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def zoo(name: str | None, as_json: bool) -> None:
    """Compare darkcsp's models with the documents' tables.

    A printed figure is followed by the computed one, counted in the same way, and its deviation. Accuracies and speeds
    are as published; darkcsp has not measured them.
    """
    from darkcsp.zoo.tables import NAMES, as_data, sheet

    if name is not None and name not in NAMES:
        raise click.BadParameter(_unknown(name, NAMES), param_hint="--table")
    names = NAMES if name is None else (name,)
    if as_json:
        import json

        click.echo(json.dumps(as_data(names), indent=1))
    else:
        _print(sheet(wanted) for wanted in names)


def _unknown(name: str, known: Iterable[str]) -> str:
    from darkcsp.zoo.catalogue import near

    found = near(name, known)
    return f"there is no table {name}; " + (
        f"did you mean {' or '.join(found)}?" if found else f"there are {', '.join(known)}"
    )


def _print(sheets: Iterable[Sheet]) -> None:
    import sys

    from rich.console import Console
    from rich.table import Column, Table

    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)
    for found in sheets:
        grid = Table(
            *(Column(column, overflow="fold") for column in found.columns),
            title=f"{found.title} ({found.name})",
            title_justify="left",
        )
        for number, row in enumerate(found.rows):
            grid.add_row(*row, style="bold" if number in found.deviating else None)
        console.print(grid)
        for remark in found.remarks:
            console.print(f"deviates: {remark}")
        console.print()
