"""`darkcsp paper`: published tables next to what darkcsp computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from darkcsp.cli.status import status_line
from darkcsp.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.table import Table

    from darkcsp.paper.sheets import Sheet


@click.command()
@click.argument("table", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Do not show progress.")
def paper(table: str | None, as_json: bool, quiet: bool) -> None:
    """Compare darkcsp's models with the published tables: all of them, or only TABLE.

    TABLE is table-1, readme-big-models, ..., figures (what the paper says about its figures 7 and 8) or models (where
    each cfg comes from).

    Each printed number is followed by the computed one, counted in the same way, and the deviation. Accuracies and
    speeds are as published; darkcsp has not measured them.
    """
    from darkcsp.paper.sheets import NAMES, as_data, make_sheet

    names = NAMES if table is None else (table,)
    if as_json:
        with status_line(quiet):
            data = as_data(names)
        click.echo(json_text(data, indent=1))
        return
    console = _console()
    for name in names:
        with status_line(quiet):
            sheet = make_sheet(name)
        _print(console, sheet)


def _console() -> Console:
    import sys

    from darkcsp.cli.table_console import TableConsole

    return TableConsole(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)


def _print(console: Console, sheet: Sheet) -> None:
    """Print a sheet as a table, or row by row if the table is too wide for the terminal."""
    from darkcsp.cli.table_console import fits

    table = _table(sheet)
    for part in [table] if fits(console, table) or not console.is_terminal else _records(sheet):
        console.print(part)
    for remark in sheet.remarks:
        console.print(f"deviates: {remark}")
    console.print()


def _table(sheet: Sheet) -> Table:
    from rich.table import Column, Table

    columns = (Column(column, overflow="fold") for column in sheet.columns)
    table = Table(*columns, title=_title(sheet), title_justify="left")
    for number, row in enumerate(sheet.rows):
        table.add_row(*row, style=_style(sheet, number))
    return table


def _records(sheet: Sheet) -> Iterator[str | Table]:
    """Yield the title, then each row as lines with a column's name and its cell, leaving out empty cells."""
    from rich.table import Column, Table

    yield _title(sheet)
    width = max(map(len, sheet.columns))
    for number, row in enumerate(sheet.rows):
        lines = Table.grid(Column(width=width), Column(overflow="fold"), padding=(0, 2))
        for column, cell in zip(sheet.columns, row, strict=True):
            if cell:
                lines.add_row(column, cell, style=_style(sheet, number))
        yield ""
        yield lines


def _title(sheet: Sheet) -> str:
    return f"{sheet.title} ({sheet.name})"


def _style(sheet: Sheet, row: int) -> str | None:
    return "bold" if row in sheet.deviating else None
