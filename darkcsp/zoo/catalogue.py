"""Every model and backbone that darkcsp has a name for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from darkcsp.errors import UnknownModelError
from darkcsp.zoo.digits import DIGITS
from darkcsp.zoo.entry import Entry
from darkcsp.zoo.networks import FAMILIES
from darkcsp.zoo.parts import BackboneChoice, PartialBackboneBuilder

_MODELS = (DIGITS, *(model for family in FAMILIES for model in family.models))

CATALOGUE: Mapping[str, Entry] = {model.name: model for model in sorted(_MODELS, key=lambda model: model.name)}
"""Name of the cfg -> model, sorted by name."""

BACKBONES: Mapping[str, BackboneChoice] = {
    name: backbone for family in FAMILIES for name, backbone in family.backbones.items()
}
"""Name -> backbone."""

PARTIAL_BACKBONES: Mapping[str, PartialBackboneBuilder] = {
    name: build for family in FAMILIES for name, build in family.partial_backbones.items()
}
"""Name of a backbone -> its variant with cross stage partial stages."""


def find(name: str) -> Entry:
    """Return a model. Raises UnknownModelError, which suggests similar names."""
    if name not in CATALOGUE:
        raise unknown_model(name)
    return CATALOGUE[name]


def unknown_model(name: str) -> UnknownModelError:
    """Return the error for a name or pattern that matches no model."""
    return UnknownModelError(name, near(name.replace("*", ""), CATALOGUE))


def near(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three known names that are similar to `name`."""
    return difflib.get_close_matches(name.lower(), list(known), 3, 0.5)
