"""The page docs/zoo.md: every table in Markdown, and what its columns mean."""

from __future__ import annotations

from collections.abc import Iterable

from darkcsp.paper.counting import CONVENTIONS
from darkcsp.paper.reproduce import LIMIT
from darkcsp.paper.sheets import NAMES, Sheet, make_sheet
from darkcsp.zoo.entry import STATUS_TEXT


def to_markdown() -> str:
    """Return the page docs/zoo.md."""
    parts = [_INTRODUCTION, _list(f"**{name}**: {text}." for name, text in STATUS_TEXT.items())]
    parts += [_COUNTING, _list(f"**{convention.name}**: {convention.text}." for convention in CONVENTIONS), _AFTER]
    for name in NAMES:
        found = make_sheet(name)
        parts += [f"## {found.title} (`{name}`)", *_BEFORE.get(name, ()), _markdown_table(found)]
        parts += [_list(found.remarks)] if found.remarks else []
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = """# The models of the documents

Written by `scripts/make_docs` from `darkcsp.paper`; `darkcsp paper` prints the same. Every row of the documents'
tables stands beside what darkcsp computes for its cfg. Accuracies and speeds are **as published**: darkcsp has not
measured them. What a status means:"""

_COUNTING = """The tables were counted in several ways, which the authors' published cfgs give away. Each model is
counted as its table was; the column "Darknet" has Darknet's own count, whatever the table's:"""

_AFTER = f"""`tables` is the rule; `file` is for YOLOv3-tiny and the PRN authors' detectors, `card` for the model card,
`elastic` for the two Elastic DenseNets. A printed figure is followed by the computed one and its deviation; where that
is larger than {LIMIT} %, the lines below the table say why. Largest layer: the most expensive single layer, as in
figure 7. CIO: values read and written by convolutional, maxpool and avgpool layers, as in figure 8."""

_BEFORE = {
    "figures": (
        "PeleeNet-YOLO was fitted to the PRN authors' figures, CSPPeleeNet-EFM to the paper's tables and to figure 7 "
        "itself.",
    ),
    "models": (
        "`darkcsp zoo` lists them with their sizes, `darkcsp new NAME -o x.cfg` writes one; they are in `cfgs/`.",
    ),
}
"""Paragraphs above a sheet."""


def _markdown_table(found: Sheet) -> str:
    lines = [found.columns, ("---",) * len(found.columns), *found.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
