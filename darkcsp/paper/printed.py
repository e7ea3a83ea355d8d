"""The published tables as data: cells of text, and the numbers in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

PARAMETERS = ("#Parameter", "Params(M)")
OPERATIONS = ("BFLOPs", "Flops(G)")
ABSENT = "-"

_NUMBER = re.compile(r"(\d+)(?:\.(\d+))?")


class PrintedNumber(NamedTuple):
    """A printed number and its number of decimals."""

    value: float
    decimals: int

    def __str__(self) -> str:
        return f"{self.value:.{self.decimals}f}"

    def equals(self, computed: float) -> bool:
        """Tell whether a computed number rounds to the printed digits."""
        return round(computed, self.decimals) == self.value

    def deviation(self, computed: float) -> float:
        """Return by how many percent a computed number exceeds the printed one."""
        return 100 * (computed / self.value - 1)


@dataclass(frozen=True)
class PrintedRow:
    """One row of a table.

    Attributes:
        cells: column -> text as printed, "-" if there is none.
        network: darkcsp's cfg for it, or None.
        size: input size in pixels, or None if it is the cfg's own.
    """

    cells: Mapping[str, str]
    network: str | None
    size: int | None

    @property
    def parameters(self) -> PrintedNumber | None:
        """Printed parameters, in millions."""
        return self._number(PARAMETERS)

    @property
    def operations(self) -> PrintedNumber | None:
        """Printed BFLOPs."""
        return self._number(OPERATIONS)

    def _number(self, columns: tuple[str, ...]) -> PrintedNumber | None:
        text = next((self.cells[column] for column in columns if column in self.cells), ABSENT)
        match = _NUMBER.match(text)
        return PrintedNumber(float(match[0]), len(match[2] or "")) if match else None


@dataclass(frozen=True)
class PrintedTable:
    """One published table.

    Attributes:
        name: on the command line, such as readme-big-models.
        source: where it is printed, and its heading.
        columns: as printed, without links.
        rows: in order.
    """

    name: str
    source: str
    columns: tuple[str, ...]
    rows: tuple[PrintedRow, ...]


def read_table(name: str, source: str, text: str) -> PrintedTable:
    """Read a table. The first line names the columns; the last column is `network` or `network@size`."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    columns = tuple(lines[0][:-1])
    return PrintedTable(name, source, columns, tuple(_row(columns, cells) for cells in lines[1:]))


def _row(columns: tuple[str, ...], cells: list[str]) -> PrintedRow:
    network, _, size = cells[-1].partition("@")
    return PrintedRow(
        dict(zip(columns, cells[:-1], strict=True)),
        None if network == ABSENT else network,
        int(size) if size else None,
    )
