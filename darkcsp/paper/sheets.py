"""The reproduced tables as cells and as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from darkcsp.errors import UnknownModelError
from darkcsp.paper.counting import convention_of
from darkcsp.paper.figures import claims
from darkcsp.paper.printed import ABSENT, OPERATIONS, PARAMETERS, PrintedNumber, PrintedRow, PrintedTable
from darkcsp.paper.reproduce import TABLES, ReproducedRow, reproduce_row
from darkcsp.progress import counted
from darkcsp.zoo.catalogue import CATALOGUE, near
from darkcsp.zoo.entry import Entry

COLUMNS = (
    "model",
    "as published",
    "parameters, M",
    "BFLOPs",
    "largest layer, BFLOPs",
    "CIO, M",
    "Darknet: numbers, M; BFLOPs",
    "cfg",
    "status",
)
"""Columns of a reproduced table."""

_LABELS = "Model Method Backbone Head gamma Size Activation Augmentation Threshold Loss".split()
_NUMBERS = (*PARAMETERS, *OPERATIONS)

NAMES = (*TABLES, "figures", "models")
"""Names of all sheets: the published tables, the claims of figures 7 and 8, and the catalogue."""


@dataclass(frozen=True)
class Sheet:
    """A table as text.

    Attributes:
        name: on the command line.
        title: where it comes from.
        columns, rows: cells.
        deviating: indices of the rows with a number that deviates by more than `LIMIT`.
        remarks: explain the deviations.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    deviating: frozenset[int] = frozenset()
    remarks: tuple[str, ...] = ()


def make_sheet(name: str) -> Sheet:
    """Make one of `NAMES`. Raises UnknownModelError, which suggests similar names."""
    check_name(name)
    if name == "figures":
        return _figures()
    return _models() if name == "models" else _reproduced(TABLES[name])


def check_name(name: str) -> None:
    """Raise UnknownModelError, which suggests similar names, if there is no such sheet."""
    if name not in NAMES:
        raise UnknownModelError(name, near(name, NAMES), "table", NAMES)


def as_data(names: Sequence[str] = NAMES) -> dict[str, Any]:
    """Return sheets as JSON values, by name. Raises UnknownModelError, which suggests similar names."""
    return {name: _as_data(name) for name in names}


def _reproduced(table: PrintedTable) -> Sheet:
    rows = [reproduce_row(row) for row in counted(table.rows, f"{table.name}: row")]
    deviating = {index: row for index, row in enumerate(rows) if row is not None and row.deviates}
    return Sheet(
        table.name,
        table.source,
        COLUMNS,
        tuple(map(_cells, table.rows, rows)),
        frozenset(deviating),
        tuple(f"{row.entry.title}: {row.entry.note}" for row in deviating.values()),
    )


def _figures() -> Sheet:
    rows = tuple(
        (claim.text, f"{claim.printed:g} {claim.unit}", f"{claim.computed:.2f} {claim.unit}", claim.from_)
        for claim in claims()
    )
    return Sheet("figures", "paper: figures 7 and 8", ("claim", "as published", "here", "from"), rows)


def _models() -> Sheet:
    rows = tuple(
        (entry.name, entry.title, entry.status, _counted(entry), entry.published, entry.note)
        for entry in CATALOGUE.values()
    )
    return Sheet("models", "all models", ("cfg", "model", "status", "counted", "the same as", "note"), rows)


def _counted(entry: Entry) -> str:
    """Name the convention; the published tables have only their own models."""
    return "" if entry.status == "own" else convention_of(entry.name).name


def _cells(printed: PrintedRow, row: ReproducedRow | None) -> tuple[str, ...]:
    """Return one row of a table, in the order of `COLUMNS`: printed numbers, computed ones and their deviations."""
    shown = {column: text for column, text in printed.cells.items() if text != ABSENT}
    label = ", ".join(text for column, text in shown.items() if column in _LABELS)
    published = ", ".join(f"{column} {text}" for column, text in shown.items() if column not in (*_LABELS, *_NUMBERS))
    if row is None:
        return (label, published, str(printed.parameters or ""), str(printed.operations or ""), "", "", "", "", "")
    counts = row.counts
    return (
        label,
        published,
        _number(printed.parameters, counts.parameters, row.parameter_deviation),
        _number(printed.operations, counts.operations, row.operation_deviation),
        f"{counts.largest:.4f} ({counts.largest_layer})",
        f"{counts.traffic:.2f}",
        f"{counts.darknet_parameters:.4f}; {counts.darknet_operations:.4f}",
        row.entry.name,
        row.entry.status,
    )


def _number(printed: PrintedNumber | None, computed: float, deviation: float | None) -> str:
    return f"{computed:.4f}" if printed is None else f"{printed}: {computed:.4f} ({deviation:+.2f} %)"


def _as_data(name: str) -> Any:
    check_name(name)
    if name == "figures":
        return [claim._asdict() for claim in claims()]
    if name == "models":
        found = _models()
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    table = TABLES[name]
    return {"source": table.source, "rows": [_row_as_data(row, reproduce_row(row)) for row in table.rows]}


def _row_as_data(printed: PrintedRow, row: ReproducedRow | None) -> dict[str, Any]:
    data: dict[str, Any] = {"printed": dict(printed.cells)}
    if row is not None:
        data |= {
            "cfg": row.entry.name,
            "status": row.entry.status,
            "note": row.entry.note,
            "counted": convention_of(row.entry.name).name,
            "computed": asdict(row.counts),
            "parameter_deviation_percent": row.parameter_deviation,
            "bflops_deviation_percent": row.operation_deviation,
        }
    return data
