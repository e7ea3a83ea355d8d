"""The paper's table 5, CPU column: the printed pictures per second beside those of this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from darkcsp.benchmark.contenders import Contender
from darkcsp.benchmark.measure import ratio
from darkcsp.benchmark.models import Model, zoo_model
from darkcsp.benchmark.results import Results, Row
from darkcsp.zoo.printed import ABSENT
from darkcsp.zoo.printed import Row as PrintedRow
from darkcsp.zoo.printed_paper import TABLE_5

BASE = "yolov3-tiny"
FASTEST = "cspdensenetb-ref-prn"


@dataclass(frozen=True)
class Line:
    """A row of the table.

    Attributes:
        title, size: as printed.
        network: darkcsp's cfg, or None where it has none.
        printed: pictures per second, or None.
        printed_ratio: to YOLOv3-tiny's.
        row: what was measured, or None.
        ratio: of the measured pictures per second to YOLOv3-tiny's, the median over the rounds; None where one of
            them is missing.
    """

    title: str
    size: int
    network: str | None
    printed: float | None
    printed_ratio: float | None
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
            "error": self.row.timing.error if self.row else "darkcsp has no cfg of it",
        }


@dataclass(frozen=True)
class Verdict:
    """Whether the order holds.

    Attributes:
        fastest: title of the fastest of the measured networks.
        printed_ratio, ratio: of CSPDenseNetb Reference-PRN to YOLOv3-tiny.
        swapped: pairs of titles that stand the other way round than printed, the faster one here first.
    """

    fastest: str
    printed_ratio: float
    ratio: float
    swapped: tuple[tuple[str, str], ...]

    @property
    def holds(self) -> bool:
        """Whether CSPDenseNetb Reference-PRN is the fastest, by the printed ratio at least."""
        return self.fastest == _row(FASTEST).cells["Model"] and self.ratio >= self.printed_ratio


def table5_models(folder: Path) -> list[Model]:
    """Return the table's networks with random weights; their files are put into `folder`."""
    return [zoo_model(row.network, folder / row.network) for row in TABLE_5.rows if row.network is not None]


def table5_lines(results: Results, contender: Contender) -> list[Line]:
    """Return the table, with what was measured in one way."""
    found = {row.model: row for row in results.rows if row.contender == contender}
    return [_line(row, found) for row in TABLE_5.rows]


def verdict(lines: Sequence[Line]) -> Verdict | None:
    """Compare the order with the printed one; None where one of the two networks that matter failed."""
    measured = [line for line in lines if line.row is not None and not line.row.failed]
    last = next((line for line in measured if line.network == FASTEST), None)
    if last is None or last.ratio is None or last.printed_ratio is None:
        return None
    fastest = max(measured, key=_speed)
    swapped = tuple(
        (one.title, other.title)
        for one in measured
        for other in measured
        if one.printed is not None
        and other.printed is not None
        and one.printed < other.printed
        and _speed(one) > _speed(other)
    )
    return Verdict(fastest.title, last.printed_ratio, last.ratio, swapped)


def _line(row: PrintedRow, found: dict[str, Row]) -> Line:
    printed, base = _printed(row), _printed(_row(BASE))
    measured, first = found.get(row.network or ""), found.get(BASE)
    known = measured is not None and first is not None and not measured.failed and not first.failed
    return Line(
        title=row.cells["Model"],
        size=int(row.cells["Size"]),
        network=row.network,
        printed=printed,
        printed_ratio=None if printed is None or base is None else printed / base,
        row=measured,
        ratio=None if measured is None or first is None or not known else ratio(first.timing, measured.timing),
    )


def _printed(row: PrintedRow) -> float | None:
    text = row.cells["CPU fps"]
    return None if text == ABSENT else float(text)


def _row(network: str) -> PrintedRow:
    return next(row for row in TABLE_5.rows if row.network == network)


def _speed(line: Line) -> float:
    """Compared by ratios, which what disturbs the machine does not touch."""
    return line.ratio or 0.0
