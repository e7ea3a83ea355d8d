"""The reproduced tables as cells, data and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from darkcsp.zoo.catalogue import CATALOGUE
from darkcsp.zoo.counting import CONVENTIONS
from darkcsp.zoo.entry import STATUS_TEXT
from darkcsp.zoo.figures import claims
from darkcsp.zoo.printed import ABSENT, OPERATIONS, PARAMETERS, Figure, Printed
from darkcsp.zoo.reproduce import LIMIT, TABLES, Line, reproduce

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
"""Of a reproduced table."""

_LABELS = "Model Method Backbone Head gamma Size Activation Augmentation Threshold Loss".split()
_FIGURES = (*PARAMETERS, *OPERATIONS)


@dataclass(frozen=True)
class Sheet:
    """A table as text.

    Attributes:
        name: for the command line.
        title: where it comes from.
        columns, rows: cells.
        deviating: numbers of rows with a figure that deviates by more than `LIMIT`.
        remarks: why they do.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    deviating: frozenset[int] = frozenset()
    remarks: tuple[str, ...] = ()


NAMES = (*TABLES, "figures", "models")
"""Of all sheets: the documents' tables, the claims about figures 7 and 8, and the catalogue."""


def sheet(name: str) -> Sheet:
    """Make one of `NAMES`."""
    if name == "figures":
        return _figures()
    return _models() if name == "models" else _reproduced(TABLES[name])


def _reproduced(table: Printed) -> Sheet:
    lines = reproduce(table)
    deviating = {number: line for number, line in enumerate(lines) if line.deviates}
    return Sheet(
        table.name,
        table.source,
        COLUMNS,
        tuple(map(_cells, lines)),
        frozenset(deviating),
        tuple(f"{line.entry.title}: {line.entry.note}" for line in deviating.values() if line.entry is not None),
    )


def _figures() -> Sheet:
    rows = tuple(
        (claim.text, f"{claim.printed:g} {claim.unit}", f"{claim.computed:.2f} {claim.unit}", claim.from_)
        for claim in claims()
    )
    return Sheet("figures", "paper: figures 7 and 8", ("claim", "as published", "here", "from"), rows)


def _models() -> Sheet:
    rows = tuple(
        (entry.name, entry.title, entry.status, entry.convention.name, entry.published, entry.note)
        for entry in CATALOGUE.values()
    )
    return Sheet("models", "all models", ("cfg", "model", "status", "counted", "the same as", "note"), rows)


def _cells(line: Line) -> tuple[str, ...]:
    """Return one row of a table, by `COLUMNS`: a printed figure, then the computed one and its deviation."""
    row, measured = line.row, line.measured
    shown = {column: text for column, text in row.cells.items() if text != ABSENT}
    label = ", ".join(text for column, text in shown.items() if column in _LABELS)
    published = ", ".join(f"{column} {text}" for column, text in shown.items() if column not in (*_LABELS, *_FIGURES))
    if line.entry is None or measured is None:
        return (label, published, str(row.parameters or ""), str(row.operations or ""), "", "", "", "", "")
    return (
        label,
        published,
        _figure(row.parameters, measured.parameters, line.parameter_deviation),
        _figure(row.operations, measured.operations, line.operation_deviation),
        f"{measured.largest:.4f} ({measured.largest_layer})",
        f"{measured.traffic:.2f}",
        f"{measured.darknet_parameters:.4f}; {measured.darknet_operations:.4f}",
        line.entry.name,
        line.entry.status,
    )


def as_data(names: Sequence[str] = NAMES) -> dict[str, Any]:
    """Return sheets as JSON values, by name."""
    return {name: _as_data(name) for name in names}


def _as_data(name: str) -> Any:
    if name == "figures":
        return [claim._asdict() for claim in claims()]
    if name == "models":
        found = sheet(name)
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    return {"source": TABLES[name].source, "rows": [_line_as_data(line) for line in reproduce(TABLES[name])]}


def to_markdown() -> str:
    """Return the page docs/zoo.md."""
    parts = [_INTRODUCTION, _list(f"**{name}**: {text}." for name, text in STATUS_TEXT.items())]
    parts += [_COUNTING, _list(f"**{convention.name}**: {convention.text}." for convention in CONVENTIONS), _AFTER]
    for name in NAMES:
        found = sheet(name)
        parts += [f"## {found.title} (`{name}`)", *_BEFORE.get(name, ()), _markdown_table(found)]
        parts += [_list(found.remarks)] if found.remarks else []
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = """# The models of the documents

Written by `scripts/make_docs` from `darkcsp.zoo`; `darkcsp zoo` prints the same. Every row of the documents' tables
stands beside what darkcsp computes for its cfg. Accuracies and speeds are **as published**: darkcsp has not measured
them. What a status means:"""

_COUNTING = """The tables were counted in several ways, which the authors' published cfgs give away. Each model is
counted as its table was; the column "Darknet" has Darknet's own count, whatever the table's:"""

_AFTER = f"""`tables` is the rule; `file` is for YOLOv3-tiny and the PRN authors' detectors, `card` for the model card,
`elastic` for the two Elastic DenseNets. A printed figure is followed by the computed one and its deviation; where that
is larger than {LIMIT} %, the lines below the table say why. Largest layer: the most expensive single layer, as in
figure 7. CIO: values read and written by convolutional, maxpool and avgpool layers, as in figure 8."""

_BEFORE = {
    "figures": (
        "PeleeNet-YOLO was fitted to the PRN authors' figures, CSPPeleeNet-EFM to the paper's tables and to figure 7 "
        "itself.",
    ),
    "models": ("`darkcsp new NAME -o x.cfg` writes one; they lie in `cfgs/`.",),
}
"""Paragraphs above a sheet."""


def _markdown_table(found: Sheet) -> str:
    lines = [found.columns, ("---",) * len(found.columns), *found.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _figure(figure: Figure | None, computed: float, deviation: float | None) -> str:
    return f"{computed:.4f}" if figure is None else f"{figure}: {computed:.4f} ({deviation:+.2f} %)"


def _line_as_data(line: Line) -> dict[str, Any]:
    data: dict[str, Any] = {"printed": dict(line.row.cells)}
    if line.entry is not None and line.measured is not None:
        data |= {
            "cfg": line.entry.name,
            "status": line.entry.status,
            "note": line.entry.note,
            "counted": line.entry.convention.name,
            "computed": asdict(line.measured),
            "parameter_deviation_percent": line.parameter_deviation,
            "bflops_deviation_percent": line.operation_deviation,
        }
    return data
