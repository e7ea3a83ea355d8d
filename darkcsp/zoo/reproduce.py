"""The documents' tables, each row beside what darkcsp computes for its network."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from darkcsp.graph import Graph, build_graph
from darkcsp.zoo import counting, printed_paper, printed_readme
from darkcsp.zoo.catalogue import find
from darkcsp.zoo.entry import Entry
from darkcsp.zoo.printed import Printed, Row

TABLES: dict[str, Printed] = {table.name: table for table in (*printed_readme.TABLES, *printed_paper.TABLES)}
"""Name -> table as printed."""

LIMIT = 0.5
"""Percent by which a figure may differ before the tables say why."""


@dataclass(frozen=True)
class Measured:
    """What darkcsp computes for a network at an input size. Parameters and traffic in millions, operations in 1e9.

    Attributes:
        size: of the square input.
        parameters, operations: by the documents' convention for this model.
        darknet_parameters, darknet_operations: all numbers of the weights file, and Darknet's BFLOPs.
        largest: BFLOPs of the most expensive layer, as in figure 7.
        largest_layer: its name: L071_convolutional.
        traffic: CIO, as in figure 8.
    """

    size: int
    parameters: float
    operations: float
    darknet_parameters: float
    darknet_operations: float
    largest: float
    largest_layer: str
    traffic: float


@dataclass(frozen=True)
class Line:
    """One row of a table, reproduced.

    Attributes:
        row: as printed.
        entry: the model, or None where the row is not of a network that darkcsp has.
        measured: what darkcsp computes for it.
    """

    row: Row
    entry: Entry | None
    measured: Measured | None

    @property
    def parameter_deviation(self) -> float | None:
        """Percent by which the parameters exceed the printed ones; None where one of them is missing."""
        figure, measured = self.row.parameters, self.measured
        return None if figure is None or measured is None else figure.deviation(measured.parameters)

    @property
    def operation_deviation(self) -> float | None:
        """Percent by which the BFLOPs exceed the printed ones; None where one of them is missing."""
        figure, measured = self.row.operations, self.measured
        return None if figure is None or measured is None else figure.deviation(measured.operations)

    @property
    def deviates(self) -> bool:
        """Whether a figure differs by more than `LIMIT`."""
        return any(abs(value or 0) > LIMIT for value in (self.parameter_deviation, self.operation_deviation))


def reproduce(table: Printed) -> tuple[Line, ...]:
    """Compute every row of a table."""
    return tuple(_line(row) for row in table.rows)


def rows_of(name: str) -> list[tuple[Printed, Line]]:
    """Return the rows, with their tables, that print parameters or BFLOPs of a network; each different figure once."""
    found: dict[tuple[object, ...], tuple[Printed, Line]] = {}
    for table in TABLES.values():
        for row in table.rows:
            if row.network == name and (row.parameters or row.operations):
                found.setdefault((table.name, row.parameters, row.operations, row.size), (table, _line(row)))
    return list(found.values())


@functools.cache
def measure(name: str, size: int | None = None) -> Measured:
    """Build a network, at another input size where one is given, and count."""
    entry = find(name)
    graph = graph_of(entry, size)
    largest = counting.largest(graph)
    return Measured(
        size=graph.input.w,
        parameters=entry.convention.parameters(graph) / 1e6,
        operations=entry.convention.operations(graph) / 1e9,
        darknet_parameters=graph.parameters / 1e6,
        darknet_operations=graph.flops / 1e9,
        largest=largest.flops / 1e9,
        largest_layer=largest.label,
        traffic=counting.traffic(graph) / 1e6,
    )


def graph_of(entry: Entry, size: int | None = None) -> Graph:
    """Build the graph of a model, composed for a size where one is given."""
    return build_graph(entry.recipe.compose(size).cfg(path=f"{entry.name}.cfg"))


def _line(row: Row) -> Line:
    if row.network is None:
        return Line(row, None, None)
    return Line(row, find(row.network), measure(row.network, row.size))
