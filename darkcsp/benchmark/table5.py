"""The networks of the paper's table 5, measured on this machine, with the printed pictures per second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from darkcsp.benchmark.contenders import Contender
from darkcsp.benchmark.measure import ratio
from darkcsp.benchmark.models import Model, zoo_model
from darkcsp.benchmark.results import Results, Row
from darkcsp.paper.table5 import BASE, PrintedSpeed, Verdict, judge, printed_speeds
from darkcsp.spec.program import DEFAULT_SEMANTICS, Semantics


@dataclass(frozen=True)
class Line(PrintedSpeed):
    """A row of the table, measured.

    Attributes:
        row: the measurement, or None.
        ratio: ratio of the measured pictures per second to YOLOv3-tiny's, the median over the rounds; None if either
            is missing.
    """

    row: Row | None
    ratio: float | None

    def as_data(self) -> dict[str, Any]:
        """Return flat values."""
        measured = self.row is not None and not self.row.failed
        return {
            "model": self.title,
            "size": self.size,
            "cfg": self.network,
            "backend": self.row.contender.backend if self.row else None,
            "engine": self.row.engine if self.row else None,
            "printed_fps": self.printed,
            "fps": round(self.row.fps, 2) if self.row is not None and measured else None,
            "ms": round(self.row.milliseconds, 4) if self.row is not None and measured else None,
            "printed_ratio": None if self.printed_ratio is None else round(self.printed_ratio, 4),
            "ratio": None if self.ratio is None else round(self.ratio, 4),
            "error": self.row.timing.error if self.row else "darkcsp has no cfg for it",
        }


def table5_models(folder: Path, semantics: Semantics = DEFAULT_SEMANTICS) -> list[Model]:
    """Return the table's networks with random weights. Their files go into `folder`."""
    networks = [speed.network for speed in printed_speeds() if speed.network is not None]
    return [zoo_model(network, folder / network, semantics=semantics) for network in networks]


def table5_lines(results: Results, contender: Contender) -> list[Line]:
    """Return the table with the measurements of one contender."""
    found = {row.model: row for row in results.rows if row.contender == contender}
    return [_line(speed, found) for speed in printed_speeds()]


def verdict(lines: Sequence[Line]) -> Verdict | None:
    """Compare the order with the printed one; None if either of the two networks that matter failed."""
    return judge({line.network: line.ratio for line in lines if line.network is not None and line.ratio is not None})


def _line(speed: PrintedSpeed, found: dict[str, Row]) -> Line:
    row, base = found.get(speed.network or ""), found.get(BASE)
    known = None
    if row is not None and base is not None and not row.failed and not base.failed:
        known = ratio(base.timing, row.timing)
    return Line(**asdict(speed), row=row, ratio=known)
