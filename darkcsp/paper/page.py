"""The page docs/zoo.md: every table in Markdown, and the meaning of its columns."""

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


_INTRODUCTION = """# Models of the CSPNet paper

Written by `scripts/make_docs` from `darkcsp.paper`; `darkcsp paper` prints the same tables. They are from the CSPNet
paper (Wang et al., [CSPNet: A New Backbone that can Enhance Learning Capability of
CNN](https://arxiv.org/abs/1911.11929), CVPRW 2020), its authors'
[README](https://github.com/WongKinYiu/CrossStagePartialNetworks), the model card, and the PRN authors'
[README](https://github.com/WongKinYiu/PartialResidualNetworks). Each row shows the published figures and what darkcsp
computes for its cfg. Accuracies and speeds are **as published**: darkcsp has not measured them. The status of a model
is one of:"""

_COUNTING = """The published tables count in several ways, as a comparison with the authors' published cfgs shows. Each
model is counted in the way of its table; the column "Darknet" always has Darknet's own count:"""

_AFTER = f"""Most models use `tables`. `file` is for YOLOv3-tiny and the PRN authors' detectors, `card` for the model
card, and `elastic` for the two Elastic DenseNets. Printed figures are followed by computed figures and their deviation.
If it is larger than {LIMIT} %, the lines below the table explain it. The largest layer is the most expensive single
layer, as in figure 7. CIO counts the values read and written by convolutional, maxpool and avgpool layers, as in figure
8."""

_BEFORE = {
    "figures": (
        "PeleeNet-YOLO was fitted to the PRN authors' figures, and CSPPeleeNet-EFM to the paper's tables and to figure "
        "7 itself.",
    ),
    "models": (
        "`darkcsp zoo` lists the models with their sizes, and `darkcsp new NAME -o x.cfg` writes one. They are in "
        "`cfgs/`.",
    ),
}
"""Paragraphs above a sheet."""


def _markdown_table(found: Sheet) -> str:
    lines = [found.columns, ("---",) * len(found.columns), *found.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
