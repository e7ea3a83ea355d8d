"""Entries of the catalogue: one model, or a family of models with its backbones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from darkcsp.zoo.parts import BackboneChoice, PartialBackboneBuilder
from darkcsp.zoo.recipe import Recipe

Status = Literal["exact", "fit", "open", "own"]

STATUS_TEXT: dict[Status, str] = {
    "exact": "the same network, layer for layer, as the one that the authors published; or known from the network's "
    "own authors, with every printed figure matched to its last digit",
    "fit": "unpublished; reconstructed so that every printed figure is matched within 0.5 %. It is not the authors' "
    "network, since other networks match the figures too",
    "open": "unpublished; a printed figure is off by more than 0.5 %, or no figure is printed",
    "own": "darkcsp's default model, which was not published, although its backbone and head were",
}


@dataclass(frozen=True)
class Entry:
    """One model.

    Attributes:
        name: of its cfg, without `.cfg`.
        title: as in the paper or its authors' README.
        recipe: how it is composed.
        status: how certain it is that this is the published network; `STATUS_TEXT` explains the values.
        note: where it comes from; for a fit, what was fitted; if figures differ, why.
        published: the authors' file as owner/repository/path.
    """

    name: str
    title: str
    recipe: Recipe
    status: Status
    note: str = ""
    published: str = ""


@dataclass(frozen=True)
class Family:
    """The content of a file in `darkcsp/zoo/networks`, as its `FAMILY`.

    Attributes:
        models: classifiers and detectors on the family's backbones.
        backbones: name -> backbone that other networks can be composed on.
        partial_backbones: name of a backbone -> its variant with cross stage partial stages.
    """

    models: tuple[Entry, ...]
    backbones: Mapping[str, BackboneChoice] = field(default_factory=dict)
    partial_backbones: Mapping[str, PartialBackboneBuilder] = field(default_factory=dict)
