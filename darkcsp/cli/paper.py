"""`darkcsp paper`: the documents' tables beside what darkcsp computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from darkcsp.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from darkcsp.paper.sheets import Sheet


@click.command()
@click.argument("table", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def paper(table: str | None, as_json: bool) -> None:
    """Compare darkcsp's models with the documents' tables: with all, or with TABLE.

    TABLE is table-1, readme-big-models, ..., figures (what the paper says about its figures 7 and 8) or models (where
    each cfg comes from).

    A printed number is followed by the computed one, counted in the same way, and its deviation. Accuracies and speeds
    are as published; darkcsp has not measured them.
    """
    from darkcsp.paper.sheets import NAMES, as_data, make_sheet

    names = NAMES if table is None else (table,)
    if as_json:
        click.echo(json_text(as_data(names), indent=1))
    else:
        _print(make_sheet(name) for name in names)


def _print(sheets: Iterable[Sheet]) -> None:
    import sys

    from rich.table import Column, Table

    from darkcsp.cli.table_console import TableConsole

    console = TableConsole(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)
    for sheet in sheets:
        grid = Table(
            *(Column(column, overflow="fold") for column in sheet.columns),
            title=f"{sheet.title} ({sheet.name})",
            title_justify="left",
        )
        for number, row in enumerate(sheet.rows):
            grid.add_row(*row, style="bold" if number in sheet.deviating else None)
        console.print(grid)
        for remark in sheet.remarks:
            console.print(f"deviates: {remark}")
        console.print()
