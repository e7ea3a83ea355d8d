"""The models in a list: name, status, input, parameters and operations.

`cfgs/models.csv` has the numbers, so that a list takes no building of 85 networks; `scripts/make_cfgs` writes it.
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
        status: how sure it is that this is the documents' network; `darkcsp.zoo.entry.STATUS_TEXT` has the meanings.
        width, height: of the input, in pixels.
        parameters: all numbers of its weights file.
        operations: for one picture, 2 for each multiplication and addition, as Darknet counts.
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
    """Return the names of the models that a pattern matches, sorted: `list_models("csp*")`.

    `*` stands for any characters, `?` for one, `[ab]` for one of several; capitals do not matter. The list is empty
    where nothing matches. Every name is one that `cfg` takes.
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
