"""`darkcsp zoo`: the documents' tables beside what darkcsp computes."""

from __future__ import annotations

import click


@click.command()
@click.option("--table", "name", help="One table alone: table-1, readme-big-models, ... or figures.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def zoo(name: str | None, as_json: bool) -> None:
    """Compare darkcsp's models with the documents' tables.

    A printed figure is followed by the computed one, counted in the same way, and its deviation. Accuracies and speeds
    are as published; darkcsp has not measured them.
    """
    from darkcsp.zoo.reproduce import TABLES

    if name is not None and name not in (*TABLES, "figures"):
        raise click.BadParameter(_unknown(name, [*TABLES, "figures"]), param_hint="--table")
    if as_json:
        _print_json(name)
    else:
        _print_tables(name)


def _unknown(name: str, known: list[str]) -> str:
    from darkcsp.zoo.catalogue import near

    return f"there is no table {name}; {'did you mean ' if (found := near(name, known)) else 'there are '}" + ", ".join(
        found or known
    )


def _print_json(name: str | None) -> None:
    import json

    from darkcsp.zoo import tables

    data = tables.as_data()
    if name == "figures":
        data = {"figures": data["figures"]}
    elif name is not None:
        data = {"tables": {name: data["tables"][name]}}
    click.echo(json.dumps(data, indent=1))


def _print_tables(name: str | None) -> None:
    import sys

    from rich.console import Console
    from rich.table import Table

    from darkcsp.zoo.figures import claims
    from darkcsp.zoo.reproduce import TABLES, reproduce
    from darkcsp.zoo.tables import COLUMNS, cells, remarks

    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False)
    for table in TABLES.values():
        if name not in (None, table.name):
            continue
        lines = reproduce(table)
        grid = Table(*COLUMNS, title=f"{table.source} ({table.name})", title_justify="left")
        for line in lines:
            grid.add_row(*cells(line), style="bold" if line.deviates else None)
        console.print(grid)
        for remark in remarks(lines):
            console.print(f"deviates: {remark}")
        console.print()
    if name in (None, "figures"):
        grid = Table(
            "claim", "as published", "here", "from", title="figures 7 and 8 of the paper", title_justify="left"
        )
        for claim in claims():
            printed, here = f"{claim.printed:g} {claim.unit}", f"{claim.computed:.2f} {claim.unit}"
            grid.add_row(claim.text, printed, here, claim.from_)
        console.print(grid)
