"""A bar chart of a benchmark."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from darkcsp.benchmark.results import Results, Row
from darkcsp.errors import MissingBackendError, ModelError
from darkcsp.files import write_whole
from darkcsp.runtimes.backends import backend_named
from darkcsp.text import NAME, printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SPREAD = 1.3
"""How far a spread may extend beyond the longest bar before it is cut off."""
_WIDTH, _BAR, _PANEL, _FRAME = 9.0, 0.26, 0.55, 1.1
"""In inches: width of the chart, height of a bar, space around a panel's bars, space around all panels."""


def check_chart() -> None:
    """Raise MissingBackendError if matplotlib, which draws charts, is not installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise MissingBackendError("chart", "'darkcsp[charts]'") from None


def write_chart(results: Results, path: str | os.PathLike[str]) -> None:
    """Draw milliseconds per picture as a PNG: a panel for each model, with a bar for each way to run it.

    If there is only one way to run the models, as in table 5, there is one panel with a bar for each model. Lines on
    the bars reach from the lower to the upper quartile. Raises MissingBackendError if matplotlib is not installed,
    ModelError if the file cannot be written.
    """
    check_chart()
    from matplotlib import rc_context

    with rc_context({"text.parse_math": False}):  # dollar signs in a model's name are literal
        figure = _figure(results)
    try:
        with write_whole(path) as file:
            figure.savefig(file, format="png", dpi=120)
    except OSError as error:
        raise ModelError(path, f"cannot be written: {error.strerror}") from None


def _figure(results: Results) -> Figure:
    from matplotlib.figure import Figure

    panels = _panels(results.rows)
    heights = [_BAR * len(bars) + _PANEL for bars in panels.values()]
    figure = Figure(figsize=(_WIDTH, sum(heights) + _FRAME), layout="constrained")
    axes = figure.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
    for panel, (title, bars) in zip(axes, panels.items(), strict=True):
        _draw(panel, title, bars)
    machine = results.machine
    figure.suptitle(f"{machine.processor}, {machine.threads} threads, batch {results.rows[0].batch}", fontsize=10)
    figure.supxlabel("milliseconds per picture (pictures per second)", fontsize=9)
    return figure


def _panels(rows: Sequence[Row]) -> dict[str, list[tuple[str, Row]]]:
    """Return title of a panel -> its bars, as (name, row)."""
    contenders = {row.contender for row in rows}
    one_each = len(contenders) == 1 and len(rows) > 1
    panels: dict[str, list[tuple[str, Row]]] = {}
    for row in rows:
        precision = "" if row.contender.precision == "fp32" else f", {row.contender.precision}"
        if one_each:
            title = f"{row.contender.backend} {row.contender.engine}{precision}"
            panels.setdefault(title, []).append((printable(row.model, NAME), row))
        else:
            panels.setdefault(printable(row.model, NAME), []).append(
                (f"{row.contender.backend} {row.engine}{precision}", row)
            )
    return panels


def _draw(panel: Axes, title: str, bars: Sequence[tuple[str, Row]]) -> None:
    values = [0.0 if row.failed else row.milliseconds for _, row in bars]
    furthest = _SPREAD * max(values)
    ends = [0.0 if row.failed else min(row.spread[1], furthest) for _, row in bars]
    longest = max([*values, *ends]) or 1.0
    panel.barh(range(len(bars)), values, color=[backend_named(row.contender.backend).colour for _, row in bars])
    for position, (_, row) in enumerate(bars):
        if not row.failed:
            panel.hlines(position, row.spread[0], ends[position], color="black", linewidth=1.5)
        edge = max(values[position], ends[position]) + longest / 80
        panel.text(edge, position, _label(row), va="center", fontsize=8, **_style(row))
    panel.set_yticks(range(len(bars)), [name for name, _ in bars], fontsize=8)
    panel.set_ylim(len(bars) - 0.4, -0.6)
    panel.set_xlim(0, longest * 1.22)
    panel.tick_params(axis="x", labelsize=8)
    panel.set_title(title, loc="left", fontsize=10)
    panel.spines[["top", "right"]].set_visible(False)


def _label(row: Row) -> str:
    return "failed" if row.failed else f"{row.milliseconds:.3g} ({row.fps:.3g})"


def _style(row: Row) -> dict[str, Any]:
    return {"style": "italic", "color": "#888888"} if row.failed else {}
