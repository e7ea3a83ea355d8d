"""The published tables, each row with what darkcsp computes for its network."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from darkcsp.graph import Graph, build_graph
from darkcsp.paper import counting, printed_paper, printed_readme
from darkcsp.paper.counting import convention_of
from darkcsp.paper.printed import PrintedRow, PrintedTable
from darkcsp.zoo.catalogue import find
from darkcsp.zoo.entry import Entry

TABLES: dict[str, PrintedTable] = {table.name: table for table in (*printed_readme.TABLES, *printed_paper.TABLES)}
"""Name -> table as printed."""

LIMIT = 0.5
"""Percent by which a computed number may differ from a printed one before the tables explain it."""


@dataclass(frozen=True)
class Counts:
    """darkcsp's counts of a network at an input size. Parameters and traffic are in millions, operations in 1e9.

    Attributes:
        size: width and height of the input in pixels.
        parameters, operations: in the published tables' way of counting this model.
        darknet_parameters, darknet_operations: all numbers in the weights file, and Darknet's BFLOPs.
        largest: BFLOPs of the most expensive layer, as in figure 7.
        largest_layer: its name, such as L071_convolutional.
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
class ReproducedRow:
    """A row of a table whose network darkcsp has.

    Attributes:
        printed: the row as printed.
        entry: the model.
        counts: darkcsp's counts at the row's input size.
    """

    printed: PrintedRow
    entry: Entry
    counts: Counts

    @property
    def parameter_deviation(self) -> float | None:
        """Percent by which the parameters exceed the printed ones; None if none are printed."""
        printed = self.printed.parameters
        return None if printed is None else printed.deviation(self.counts.parameters)

    @property
    def operation_deviation(self) -> float | None:
        """Percent by which the BFLOPs exceed the printed ones; None if none are printed."""
        printed = self.printed.operations
        return None if printed is None else printed.deviation(self.counts.operations)

    @property
    def deviates(self) -> bool:
        """Whether a printed number differs by more than `LIMIT`."""
        return any(abs(value or 0) > LIMIT for value in (self.parameter_deviation, self.operation_deviation))


def reproduce_row(row: PrintedRow) -> ReproducedRow | None:
    """Compute the numbers of a row; None if darkcsp does not have its network."""
    if row.network is None:
        return None
    return ReproducedRow(row, find(row.network), count(row.network, row.size))


def rows_of(name: str) -> list[tuple[PrintedTable, ReproducedRow]]:
    """Return the rows, with their tables, that have parameters or BFLOPs of a network; each different number once."""
    found: dict[tuple[object, ...], tuple[PrintedTable, ReproducedRow]] = {}
    for table in TABLES.values():
        for row in table.rows:
            if row.network == name and (row.parameters or row.operations):
                reproduced = ReproducedRow(row, find(name), count(name, row.size))
                found.setdefault((table.name, row.parameters, row.operations, row.size), (table, reproduced))
    return list(found.values())


@functools.cache
def count(name: str, size: int | None = None) -> Counts:
    """Build a network, optionally at another input size, and count."""
    graph, convention = graph_of(find(name), size), convention_of(name)
    largest = counting.largest(graph)
    return Counts(
        size=graph.input.w,
        parameters=convention.parameters(graph) / 1e6,
        operations=convention.operations(graph) / 1e9,
        darknet_parameters=graph.parameters / 1e6,
        darknet_operations=graph.flops / 1e9,
        largest=largest.flops / 1e9,
        largest_layer=largest.label,
        traffic=counting.traffic(graph) / 1e6,
    )


def graph_of(entry: Entry, size: int | None = None) -> Graph:
    """Build the graph of a model, optionally composed for another input size."""
    return build_graph(entry.recipe.compose(size).cfg(path=f"{entry.name}.cfg"))
