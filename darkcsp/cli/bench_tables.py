"""The tables that `darkcsp bench` prints."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from darkcsp.text import NAME, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from darkcsp.benchmark.contenders import Contender
    from darkcsp.benchmark.results import Results, Row


def table_console(targets: dict[str, str | None]) -> Console:
    """Tables go to standard error where a report takes standard output."""
    from darkcsp.cli.table_console import TableConsole

    stream = sys.stderr if "-" in targets.values() else sys.stdout
    return TableConsole(file=stream, width=None if stream.isatty() else 160, highlight=False, markup=False)


def print_rows(console: Console, results: Results) -> None:
    """Print a row for each model and way to run it, and why what failed did."""
    from rich.table import Column, Table

    right = {"justify": "right", "no_wrap": True}
    grid = Table(
        "model",
        "backend",
        Column("engine", no_wrap=True),
        "precision",
        *(Column(name, **right) for name in ("ms", "quartiles", "fps", "GFLOP/s", "of peak")),  # type: ignore[arg-type]
        title=_title(results),
        title_justify="left",
    )
    for number, row in enumerate(results.rows):
        last = number + 1 == len(results.rows) or results.rows[number + 1].model != row.model
        grid.add_row(*_cells(results, row), end_section=last, style="dim" if row.failed else None)
    console.print(grid)
    for row in results.rows:
        if row.failed:
            console.print(printable(f"{row.model} on {row.contender}: {row.timing.error}"), soft_wrap=True)


def _title(results: Results) -> str:
    machine = results.machine
    peak = f", matrix product {results.peak / 1e9:.0f} GFLOP/s" if results.peak else ""
    threads = f"{machine.threads} thread{'s' if machine.threads > 1 else ''}"
    return f"{machine.processor}, {threads}{peak}"


def _cells(results: Results, row: Row) -> list[str]:
    names = [printable(row.model, NAME), row.contender.backend, row.engine, row.contender.precision]
    if row.failed:
        return [*names, "failed", "", "", "", ""]
    low, high = row.spread
    share = results.share(row)
    return [
        *names,
        f"{row.milliseconds:.2f}",
        f"{low:.2f} to {high:.2f}",
        f"{row.fps:.1f}",
        "" if row.speed is None else f"{row.speed / 1e9:.1f}",
        "" if share is None else f"{100 * share:.0f} %",
    ]


def print_table5(console: Console, results: Results, way: Contender) -> None:
    """Print table 5 as one way to run its models measured it, and whether its order holds."""
    from rich.table import Column, Table

    from darkcsp.benchmark.table5 import table5_lines

    right = ("printed fps", "fps", "ms", "printed ratio", "ratio")
    grid = Table(
        Column("model", no_wrap=True),
        "size",
        *(Column(name, justify="right") for name in right),
        Column("engine", no_wrap=True),
        title=f"Table 5, CPU; {way.backend}, {way.precision}; {_title(results)}; ratios are to YOLOv3-tiny",
        title_justify="left",
    )
    lines = table5_lines(results, way)
    for line in lines:
        data = {key: "" if value is None else value for key, value in line.as_data().items()}
        grid.add_row(
            line.title,
            str(line.size),
            f"{line.printed:g}" if line.printed else "",
            f"{data['fps']:.1f}" if data["fps"] else "",
            f"{data['ms']:.2f}" if data["ms"] else "",
            f"{data['printed_ratio']:.2f}" if data["printed_ratio"] else "",
            f"{data['ratio']:.2f}" if data["ratio"] else "",
            line.row.engine if line.row else "no cfg",
            style="dim" if line.row is None or line.row.failed else None,
        )
    console.print(grid)
    for line in lines:
        if line.row is not None and line.row.failed:
            console.print(printable(f"{line.title}: {line.row.timing.error}"), soft_wrap=True)
    _print_verdict(console, lines)


def _print_verdict(console: Console, lines: Sequence[Any]) -> None:
    from darkcsp.benchmark.table5 import verdict

    found = verdict(lines)
    if found is None:
        return
    console.print(
        f"Fastest: {found.fastest}. CSPDenseNetb Ref.-PRN is {found.ratio:.2f} times as fast as YOLOv3-tiny, "
        f"printed {found.printed_ratio:.2f}: {'holds' if found.holds else 'does not hold'}.",
        soft_wrap=True,
    )
    for one, other in found.swapped:
        console.print(f"The other way round than printed: {one} is faster than {other}.", soft_wrap=True)
