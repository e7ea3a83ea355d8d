"""What the catalogue knows of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from darkcsp.zoo.counting import TABLES, Convention
from darkcsp.zoo.recipe import Recipe

Status = Literal["exact", "fit", "open"]

STATUS_TEXT: dict[Status, str] = {
    "exact": "the authors published it, and this is their network layer for layer; or it is known from those whose "
    "network it is, and every printed figure is met to its last digit",
    "fit": "unpublished; composed so that every printed figure is met within 0.5 %. It is not the authors' network: "
    "others meet the figures too",
    "open": "unpublished; a printed figure is missed by more than 0.5 %, or none is printed",
}


@dataclass(frozen=True)
class Entry:
    """One model.

    Attributes:
        name: of its cfg, without `.cfg`.
        title: as the documents write it.
        recipe: how it is composed.
        status: how sure it is; `STATUS_TEXT` says what the words mean.
        note: where it comes from; for a fit, what was fitted; where figures differ, why.
        convention: how the documents counted it.
        published: the authors' file, in their repository.
    """

    name: str
    title: str
    recipe: Recipe
    status: Status
    note: str = ""
    convention: Convention = TABLES
    published: str = ""
