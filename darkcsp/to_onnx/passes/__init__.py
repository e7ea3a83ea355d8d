"""The optimisations of the export, one to a module, in one list.

Each module states the pattern that it replaces, the conditions, and what takes its place: see `Pass`. A new pass is a
module and its line in `PASSES`, which is written out because the order counts: a later pass finds what an earlier one
has left.

What a pass gains on each engine stands in docs/performance.md, with what was tried and did not pay; it is measured by
`scripts/bench_passes`. None changes an output by more than rounding does.
"""

from __future__ import annotations

from collections.abc import Collection

from darkcsp.errors import ArgumentError
from darkcsp.modelfile.forms import Precision
from darkcsp.modelfile.options import EVERY_PASS, ExportOptions
from darkcsp.modelfile.targets import TARGETS, Target
from darkcsp.to_onnx.draft import Draft
from darkcsp.to_onnx.passes import (
    fold_batchnorm,
    fold_control,
    fold_picture,
    fold_shift,
    merge_groups,
    mish_by_exponential,
    pointwise_matmul,
    strided_matmul,
)
from darkcsp.to_onnx.rewriting import Pass

PASSES: tuple[Pass, ...] = (
    fold_batchnorm.PASS,
    fold_shift.PASS,
    fold_control.PASS,
    fold_picture.PASS,
    mish_by_exponential.PASS,
    merge_groups.PASS,
    pointwise_matmul.PASS,
    strided_matmul.PASS,
)
"""All passes, in the order in which they are applied."""

NAMES: tuple[str, ...] = tuple(item.name for item in PASSES)


def default_passes(target: Target, precision: Precision = "fp32") -> tuple[str, ...]:
    """Return the names of the passes that pay on a target, in a model of a precision."""
    return tuple(item.name for item in PASSES if _pays(item, target, precision))


def _pays(item: Pass, target: Target, precision: Precision) -> bool:
    if precision == "int8" and item.int8 != "as float32":
        return item.int8 == "always"
    return item.name in TARGETS[target].passes


def chosen_passes(options: ExportOptions) -> tuple[str, ...]:
    """Return the names of the passes that options ask for.

    Raises ArgumentError where they leave out a pass that does not exist.
    """
    unknown = [name for name in options.without if name not in (*NAMES, EVERY_PASS)]
    if unknown:
        raise ArgumentError("without", unknown[0], f"one of {', '.join((*NAMES, EVERY_PASS))}")
    if EVERY_PASS in options.without:
        return ()
    return tuple(name for name in default_passes(options.target, options.precision) if name not in options.without)


def apply_passes(draft: Draft, names: Collection[str]) -> Draft:
    """Apply the passes of these names, in the order of the list. Raises ArgumentError for a name that is none."""
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        raise ArgumentError("passes", unknown[0], f"one of {', '.join(NAMES)}")
    for item in PASSES:
        if item.name in names:
            draft = item.apply(draft)
    return draft
