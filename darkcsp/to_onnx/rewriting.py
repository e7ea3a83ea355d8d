"""What a pass is: a pattern, conditions, and what takes the pattern's place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from darkcsp.to_onnx.draft import Draft
from darkcsp.to_onnx.pattern import Match, Op, find_matches
from darkcsp.to_onnx.replacement import Replacement

Int8Rule = Literal["as float32", "always", "never"]
"""Whether a pass is applied to a model that becomes int8: where it is to a float32 one, on every target, or on none."""


@dataclass(frozen=True)
class Pass:
    """An optimisation of the export. `TARGETS` says on which targets it pays.

    Attributes:
        name: what `without` calls it.
        about: what it does, in a line.
        patterns: what it replaces, in any of several forms.
        rewrite: returns what takes the place of a match. The new nodes stand where the match's last node stood.
        where: conditions that a match must meet besides, asked in order.
        int8: whether it is applied to a model that becomes int8.
    """

    name: str
    about: str
    patterns: tuple[Op, ...]
    rewrite: Callable[[Match], Replacement]
    where: tuple[Callable[[Match], bool], ...] = ()
    int8: Int8Rule = "as float32"

    def apply(self, draft: Draft) -> Draft:
        """Return a draft with every match replaced; of two that share a node, the one that comes first."""
        replacements: dict[str, Replacement] = {}
        for match in find_matches(draft, self.patterns):
            names = [node.name for node in match.nodes]
            if replacements.keys().isdisjoint(names) and all(holds(match) for holds in self.where):
                replacements |= dict.fromkeys(names, Replacement())
                replacements[match.root.name] = self.rewrite(match)
        return draft.rewritten(replacements)
