"""The reproduced tables as cells, data and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from darkcsp.zoo.catalogue import CATALOGUE
from darkcsp.zoo.counting import CONVENTIONS
from darkcsp.zoo.entry import STATUS_TEXT
from darkcsp.zoo.figures import Claim, claims
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


def cells(line: Line) -> tuple[str, ...]:
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


def remarks(lines: tuple[Line, ...]) -> list[str]:
    """Say of every figure that deviates by more than `LIMIT` percent why it does."""
    return [f"{line.entry.title}: {line.entry.note}" for line in lines if line.entry is not None and line.deviates]


def as_data() -> dict[str, Any]:
    """Return all tables and figures as JSON values."""
    return {
        "tables": {name: table_as_data(table) for name, table in TABLES.items()},
        "figures": [claim._asdict() for claim in claims()],
    }


def table_as_data(table: Printed) -> dict[str, Any]:
    """Return one table as JSON values."""
    return {"source": table.source, "rows": [_line_as_data(line) for line in reproduce(table)]}


def to_markdown() -> str:
    """Return the page docs/zoo.md."""
    parts = [_INTRODUCTION, _list(f"**{name}**: {text}." for name, text in STATUS_TEXT.items())]
    parts += [_COUNTING, _list(f"**{convention.name}**: {convention.text}." for convention in CONVENTIONS)]
    parts += [_AFTER]
    parts += [_table_as_markdown(table) for table in TABLES.values()]
    parts += ["## Figures 7 and 8 of the paper", _FIGURES_TEXT, _claims_as_markdown(claims())]
    parts += ["## The cfgs", _CFGS, _catalogue_as_markdown()]
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

_FIGURES_TEXT = """PeleeNet-YOLO was fitted to the PRN authors' figures, CSPPeleeNet-EFM to the paper's tables and to
figure 7 itself."""

_CFGS = """`darkcsp new NAME -o x.cfg` writes one; they lie in `cfgs/`."""


def _table_as_markdown(table: Printed) -> str:
    lines = reproduce(table)
    text = [f"## {table.source} (`{table.name}`)", _markdown_table(COLUMNS, [cells(line) for line in lines])]
    if notes := remarks(lines):
        text.append(_list(notes))
    return "\n\n".join(text)


def _claims_as_markdown(found: tuple[Claim, ...]) -> str:
    rows = [
        (claim.text, f"{claim.printed:g} {claim.unit}", f"{claim.computed:.2f} {claim.unit}", claim.from_)
        for claim in found
    ]
    return _markdown_table(("claim", "as published", "here", "from"), rows)


def _catalogue_as_markdown() -> str:
    rows = [
        (entry.name, entry.title, entry.status, entry.convention.name, entry.published, entry.note)
        for entry in CATALOGUE.values()
    ]
    return _markdown_table(("cfg", "model", "status", "counted", "the same as", "note"), rows)


def _markdown_table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [columns, ("---",) * len(columns), *rows]
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
