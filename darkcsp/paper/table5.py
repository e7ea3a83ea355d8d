"""The CPU column of the paper's table 5: the printed speeds, and whether measured speeds are in the same order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from darkcsp.paper.printed import ABSENT, PrintedRow
from darkcsp.paper.printed_paper import TABLE_5

BASE = "yolov3-tiny"
"""The network with which the others are compared."""

FASTEST = "cspdensenetb-ref-prn"
"""The fastest network in the paper."""


@dataclass(frozen=True)
class PrintedSpeed:
    """A row of the table.

    Attributes:
        title, size: as printed.
        network: darkcsp's cfg, or None if it has none.
        printed: pictures per second, or None.
        printed_ratio: ratio to YOLOv3-tiny's speed.
    """

    title: str
    size: int
    network: str | None
    printed: float | None
    printed_ratio: float | None


@dataclass(frozen=True)
class Verdict:
    """Whether the order holds.

    Attributes:
        fastest: title of the fastest measured network.
        printed_ratio, ratio: of CSPDenseNetb Reference-PRN to YOLOv3-tiny.
        swapped: pairs of titles whose order differs from the printed one; the network that is faster here comes first.
    """

    fastest: str
    printed_ratio: float
    ratio: float
    swapped: tuple[tuple[str, str], ...]

    @property
    def holds(self) -> bool:
        """Whether CSPDenseNetb Reference-PRN is the fastest, by at least the printed ratio."""
        return self.fastest == _row(FASTEST).cells["Model"] and self.ratio >= self.printed_ratio


def printed_speeds() -> list[PrintedSpeed]:
    """Return the table."""
    base = _printed(_row(BASE))
    return [
        PrintedSpeed(
            title=row.cells["Model"],
            size=int(row.cells["Size"]),
            network=row.network,
            printed=_printed(row),
            printed_ratio=_ratio(_printed(row), base),
        )
        for row in TABLE_5.rows
    ]


def judge(ratios: Mapping[str, float]) -> Verdict | None:
    """Compare the order of measured networks with the printed one.

    Args:
        ratios: cfg -> its pictures per second, divided by YOLOv3-tiny's. Ratios that were measured in turns can be
            compared even if the speeds themselves cannot.

    Returns:
        None if CSPDenseNetb Reference-PRN was not measured.
    """
    measured = [
        (speed, ratios[speed.network])
        for speed in printed_speeds()
        if speed.network is not None and speed.network in ratios
    ]
    last = next((speed for speed, _ in measured if speed.network == FASTEST), None)
    if last is None or last.printed_ratio is None:
        return None
    fastest, _ = max(measured, key=lambda pair: pair[1])
    swapped = tuple(
        (one.title, other.title)
        for one, ratio in measured
        for other, other_ratio in measured
        if one.printed is not None and other.printed is not None and one.printed < other.printed and ratio > other_ratio
    )
    return Verdict(fastest.title, last.printed_ratio, ratios[FASTEST], swapped)


def _ratio(printed: float | None, base: float | None) -> float | None:
    return None if printed is None or base is None else printed / base


def _printed(row: PrintedRow) -> float | None:
    text = row.cells["CPU fps"]
    return None if text == ABSENT else float(text)


def _row(network: str) -> PrintedRow:
    return next(row for row in TABLE_5.rows if row.network == network)
