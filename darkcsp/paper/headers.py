"""The shipped cfgs, with a comment at the top of each that has the published figures of the model."""

from __future__ import annotations

import textwrap

from darkcsp.cfg import Cfg
from darkcsp.paper.printed import PrintedTable
from darkcsp.paper.reproduce import ReproducedRow, count, rows_of
from darkcsp.zoo.entry import Entry

WIDTH = 110


def shipped_cfg(entry: Entry) -> Cfg:
    """Compose a model's cfg as shipped in `cfgs/`."""
    return entry.recipe.compose().cfg(header(entry), f"{entry.name}.cfg")


def header(entry: Entry) -> str:
    """Return the comment of a cfg: title, status with its reason, printed and computed numbers."""
    if entry.status == "own":
        return f"{entry.title}.\n{entry.note}"
    counts = count(entry.name)
    lines = [f"{entry.title}. Status: {entry.status}."]
    if entry.status != "exact":
        lines.append("A reconstruction from printed figures, not the authors' network.")
    if entry.published:
        lines.append(f"The same network, layer for layer, as {entry.published}.")
    if entry.note:
        lines += textwrap.wrap(entry.note, WIDTH)
    lines += [_printed(table, row) for table, row in rows_of(entry.name)]
    lines.append(
        f"Darknet counts {counts.darknet_parameters:.4f}M numbers in the weights file, "
        f"{counts.darknet_operations:.4f} BFLOPs at {counts.size} x {counts.size}."
    )
    return "\n".join([*lines, "Made by scripts/make_cfgs."])


def _printed(table: PrintedTable, row: ReproducedRow) -> str:
    """One printed row: its numbers, what darkcsp counts in the same way, and the deviation."""
    parts = []
    for printed, counted, deviation, unit, noun in (
        (row.printed.parameters, row.counts.parameters, row.parameter_deviation, "M", " parameters"),
        (row.printed.operations, row.counts.operations, row.operation_deviation, "", " BFLOPs"),
    ):
        if printed is not None:
            parts.append(f"{printed}{unit}{noun}, here {counted:.4f}{unit} ({deviation:+.2f} %)")
    source = table.source.partition(":")[0]
    return f"Printed ({source}, {row.counts.size} x {row.counts.size}): {'; '.join(parts)}."
