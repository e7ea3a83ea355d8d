"""What the catalogue knows of a model, and what a family of models adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from darkcsp.zoo.parts import BackboneChoice, PartialBackboneBuilder
from darkcsp.zoo.recipe import Recipe

Status = Literal["exact", "fit", "open", "own"]

STATUS_TEXT: dict[Status, str] = {
    "exact": "the authors published it, and this is their network layer for layer; or it is known from those whose "
    "network it is, and every printed figure is met to its last digit",
    "fit": "unpublished; composed so that every printed figure is met within 0.5 %. It is not the authors' network: "
    "others meet the figures too",
    "open": "unpublished; a printed figure is missed by more than 0.5 %, or none is printed",
    "own": "darkcsp's default model, which is in no document; its backbone and head are",
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
        published: the authors' file: owner/repository/path.
    """

    name: str
    title: str
    recipe: Recipe
    status: Status
    note: str = ""
    published: str = ""


@dataclass(frozen=True)
class Family:
    """What a file of `darkcsp/zoo/networks` holds, as its `FAMILY`.

    Attributes:
        models: classifiers and detectors on the family's backbones.
        backbones: name -> backbone that other networks can be composed on.
        partial_backbones: name of a backbone -> its form with cross stage partial stages.
    """

    models: tuple[Entry, ...]
    backbones: Mapping[str, BackboneChoice] = field(default_factory=dict)
    partial_backbones: Mapping[str, PartialBackboneBuilder] = field(default_factory=dict)
