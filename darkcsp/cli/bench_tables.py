"""The tables that `darkcsp bench` prints."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING, Any

from darkcsp.text import NAME, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.table import Column, Table

    from darkcsp.benchmark.contenders import Contender
    from darkcsp.benchmark.results import Results, Row
    from darkcsp.benchmark.table5 import Line

_NUMBERS = ("ms", "quartiles", "fps", "GFLOP/s", "of peak")
_FEWER_NUMBERS = ("ms", "fps", "GFLOP/s")
_NUMBERS_OF_TABLE5 = ("printed fps", "fps", "ms", "printed ratio", "ratio")
_FEWER_NUMBERS_OF_TABLE5 = ("printed fps", "fps", "printed ratio", "ratio")


def table_console(targets: dict[str, str | None]) -> Console:
    """Return a console on standard output, or on standard error if a report goes to standard output."""
    from darkcsp.cli.table_console import TableConsole

    stream = sys.stderr if "-" in targets.values() else sys.stdout
    return TableConsole(file=stream, width=None if stream.isatty() else 160, highlight=False, markup=False)


def print_rows(console: Console, results: Results) -> None:
    """Print a row for each model and contender, and the errors of failed ones. Narrow consoles get fewer columns."""
    from darkcsp.cli.table_console import fits

    wide = _wide(results)
    console.print(wide if fits(console, wide) else _narrow(results))
    for row in results.rows:
        if row.failed:
            console.print(printable(f"{row.model} on {row.contender}: {row.timing.error}"), soft_wrap=True)


def _wide(results: Results) -> Table:
    from rich.table import Column

    grid = _grid(results, "model", "backend", Column("engine", no_wrap=True), "precision", *_numbers(_NUMBERS))
    for row, _, last in _grouped(results.rows):
        names = (printable(row.model, NAME), row.contender.backend, row.engine, row.contender.precision)
        cells = _cells(results, row)
        grid.add_row(*names, *(cells[name] for name in _NUMBERS), end_section=last, style=_style(row))
    return grid


def _narrow(results: Results) -> Table:
    """Show each model's name once, backend and engine in one column, and fewer numbers."""
    from rich.table import Column

    way = Column("backend/engine", no_wrap=True)
    grid = _grid(results, Column("model", overflow="fold"), way, *_numbers(_FEWER_NUMBERS))
    for row, first, last in _grouped(results.rows):
        precision = row.contender.precision
        names = (
            printable(row.model, NAME) if first else "",
            f"{row.contender.backend}/{row.engine}" + (f"/{precision}" if precision != "fp32" else ""),
        )
        cells = _cells(results, row)
        grid.add_row(*names, *(cells[name] for name in _FEWER_NUMBERS), end_section=last, style=_style(row))
    return grid


def _grid(results: Results, *columns: Column | str) -> Table:
    from rich.table import Table

    return Table(*columns, title=_title(results), title_justify="left")


def _numbers(names: Sequence[str]) -> list[Column]:
    from rich.table import Column

    return [Column(name, justify="right", no_wrap=True) for name in names]


def _grouped(rows: Sequence[Row]) -> Iterator[tuple[Row, bool, bool]]:
    """Yield each row, and whether it is the first and the last row of its model."""
    for _, group in groupby(rows, key=lambda row: row.model):
        of_model = list(group)
        for number, row in enumerate(of_model, 1):
            yield row, number == 1, number == len(of_model)


def _style(row: Row) -> str | None:
    return "dim" if row.failed else None


def _title(results: Results) -> str:
    machine = results.machine
    peak = f", matrix product {results.peak / 1e9:.0f} GFLOP/s" if results.peak else ""
    threads = f"{machine.threads} thread{'s' if machine.threads > 1 else ''}"
    return f"{machine.processor}, {threads}{peak}"


def _cells(results: Results, row: Row) -> dict[str, str]:
    """Return the cell for each column in `_NUMBERS`."""
    if row.failed:
        return dict.fromkeys(_NUMBERS, "") | {"ms": "failed"}
    low, high = row.spread
    share = results.share(row)
    return {
        "ms": f"{row.milliseconds:.2f}",
        "quartiles": f"{low:.2f} to {high:.2f}",
        "fps": f"{row.fps:.1f}",
        "GFLOP/s": "" if row.speed is None else f"{row.speed / 1e9:.1f}",
        "of peak": "" if share is None else f"{100 * share:.0f} %",
    }


def print_table5(console: Console, results: Results, way: Contender) -> None:
    """Print table 5 as measured with one contender, and whether its order holds."""
    from darkcsp.benchmark.table5 import table5_lines
    from darkcsp.cli.table_console import fits

    lines = table5_lines(results, way)
    title = f"Table 5, CPU; {way.backend}, {way.precision}; {_title(results)}; ratios are to YOLOv3-tiny"
    wide = _table5(title, lines, _NUMBERS_OF_TABLE5)
    console.print(wide if fits(console, wide) else _table5(title, lines, _FEWER_NUMBERS_OF_TABLE5))
    for line in lines:
        if line.row is not None and line.row.failed:
            console.print(printable(f"{line.title}: {line.row.timing.error}"), soft_wrap=True)
    _print_verdict(console, lines)


def _table5(title: str, lines: Sequence[Line], names: Sequence[str]) -> Table:
    from rich.table import Column, Table

    grid = Table(Column("model", overflow="fold"), "size", title=title, title_justify="left")
    for name in names:
        grid.add_column(name.replace(" ", "\n"), justify="right")
    grid.add_column("engine", no_wrap=True)
    for line in lines:
        cells = _numbers_of_table5(line)
        grid.add_row(
            line.title,
            str(line.size),
            *(cells[name] for name in names),
            line.row.engine if line.row else "no cfg",
            style="dim" if line.row is None or line.row.failed else None,
        )
    return grid


def _numbers_of_table5(line: Line) -> dict[str, str]:
    """Return the cell for each column in `_NUMBERS_OF_TABLE5`."""
    data = {key: "" if value is None else value for key, value in line.as_data().items()}
    return {
        "printed fps": f"{line.printed:g}" if line.printed else "",
        "fps": f"{data['fps']:.1f}" if data["fps"] else "",
        "ms": f"{data['ms']:.2f}" if data["ms"] else "",
        "printed ratio": f"{data['printed_ratio']:.2f}" if data["printed_ratio"] else "",
        "ratio": f"{data['ratio']:.2f}" if data["ratio"] else "",
    }


def _print_verdict(console: Console, lines: Sequence[Any]) -> None:
    from darkcsp.benchmark.table5 import verdict

    found = verdict(lines)
    if found is None:
        return
    console.print(
        f"Fastest: {found.fastest}. CSPDenseNetb Ref.-PRN is {found.ratio:.2f} times as fast as YOLOv3-tiny "
        f"(printed: {found.printed_ratio:.2f}): the paper's claim {'holds' if found.holds else 'does not hold'}.",
        soft_wrap=True,
    )
    for one, other in found.swapped:
        console.print(f"In reverse of the printed order, {one} is faster than {other}.", soft_wrap=True)
