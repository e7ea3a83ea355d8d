"""The list of models: name, status, input, parameters and operations.

The numbers are in `cfgs/models.csv`, so that listing does not have to build 85 networks. `scripts/make_cfgs` writes it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple, cast

from darkcsp.zoo.catalogue import CATALOGUE
from darkcsp.zoo.entry import Entry, Status
from darkcsp.zoo.shipped import read_file

if TYPE_CHECKING:
    from darkcsp.graph import Graph

FILE_NAME = "models.csv"


class ListedModel(NamedTuple):
    """A model with its numbers.

    Attributes:
        name: of its cfg, without `.cfg`.
        status: how certain it is that this is the published network; explained by `darkcsp.zoo.entry.STATUS_TEXT`.
        width, height: of the input, in pixels.
        parameters: all numbers in its weights file.
        operations: for one picture, counted as Darknet does: 2 per multiplication and addition.
    """

    name: str
    status: Status
    width: int
    height: int
    parameters: int
    operations: int

    @classmethod
    def of(cls, entry: Entry, graph: Graph) -> ListedModel:
        """Take the numbers from the model's graph."""
        _, h, w = graph.input
        return cls(entry.name, entry.status, w, h, graph.parameters, round(graph.flops))


def list_models(pattern: str = "*") -> list[str]:
    """Return the sorted names of the models that match a pattern: `list_models("csp*")`.

    `*` matches any characters, `?` one character, `[ab]` one of several. Case is ignored. The list is empty if nothing
    matches. `cfg` accepts every name.
    """
    return [name for name in CATALOGUE if fnmatchcase(name, pattern.lower())]


def read_listing() -> list[ListedModel]:
    """Return every model with its numbers, sorted by name."""
    rows = csv.DictReader(io.StringIO(read_file(FILE_NAME)))
    return [
        ListedModel(row["name"], cast(Status, row["status"]), *(int(row[column]) for column in ListedModel._fields[2:]))
        for row in rows
    ]


def to_csv(models: Iterable[ListedModel]) -> str:
    """Return the text of `cfgs/models.csv`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ListedModel._fields)
    writer.writerows(models)
    return text.getvalue()
