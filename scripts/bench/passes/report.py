"""The table of an engine."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from rich.table import Table

from darkcsp.to_onnx.passes import NAMES, default_passes
from scripts.bench.passes.measure import ENGINES, Figures
from scripts.output import console


def show(engine: str, table: Mapping[str, Figures]) -> None:
    """Print one engine's table, with geometric means at the end."""
    own = default_passes(ENGINES[engine])
    names = [name for name in NAMES if any(name in figures for figures in table.values())]
    rows = Table("network", "ms", *(f"{name}{'*' if name in own else ''}" for name in names), title=engine)
    for network, figures in table.items():
        rows.add_row(network, f"{figures['ms']:.2f}", *(cell(figures.get(name)) for name in names))
    means = [
        statistics.geometric_mean([figures[name] for figures in table.values() if name in figures]) for name in names
    ]
    rows.add_row("geometric mean", "", *map(cell, means))
    console().print(rows)


def cell(value: float | None) -> str:
    """Format a ratio; "-" if the pass has no effect."""
    return "-" if value is None else f"{value:.3f}"
