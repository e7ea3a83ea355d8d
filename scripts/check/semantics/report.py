"""The tables of the comparison, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from darkcsp.arrays import Array
from scripts.check.semantics.comparing import Line
from scripts.check.semantics.timing import Speed


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; all columns but the first are numbers."""
    rules = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, rules, *rows))


def networks(lines: Sequence[Line]) -> str:
    """Return the table of heads and detections with both semantics."""
    heads = ("network", "layers that differ", "what heads are given", "detections", "on a CPU", "found on a CPU, too")
    return table(heads, [_network(line) for line in lines])


def _network(line: Line) -> list[str]:
    size = f", {line.network.size[0]}x{line.network.size[1]}" if line.network.size else ""
    figures = (line.trained, line.cpu, line.same)
    return [line.network.name + size, _by_layer(line.layers) or "none", _by_layer(line.heads), *map(str, figures)]


def _by_layer(differences: Mapping[int, float]) -> str:
    return ", ".join(f"{layer}: {difference:.1e}" for layer, difference in differences.items())


def imported(rows: Sequence[tuple[str, Mapping[int, float], Mapping[int, float]]]) -> str:
    """Return the table of OpenCV's importer compared with both semantics."""
    heads = ("network", "from trained", "from cpu")
    return table(heads, [(name, _by_layer(trained), _by_layer(cpu)) for name, trained, cpu in rows])


def classifier(name: str, trained: Array, cpu: Array) -> str:
    """Return the table that shows whether the classifier distinguishes pictures."""
    rows = []
    for semantics, outputs in (("trained", trained), ("cpu", cpu)):
        spread = float(np.ptp(outputs, 0).max())
        classes = ", ".join(map(str, outputs.argmax(1)))
        rows.append((f"{name}, {semantics}", classes, f"{spread:.2g}"))
    return table(("network", "most probable class of each picture", "largest difference between pictures"), rows)


def speeds(found: Sequence[Speed]) -> str:
    """Return the table of times with both semantics."""
    rows = [(s.network, s.engine, f"{s.trained:.1f}", f"{s.cpu:.1f}", f"{s.ratio:.3f}") for s in found]
    return table(("network", "engine", "trained, ms", "cpu, ms", "ratio"), rows)
