"""The optimisations of the export, each a small function from one draft of a model to another, in one list.

What a pass gains on each engine stands in docs/performance.md, with what was tried and did not pay; it is measured by
`scripts/bench_passes`. None changes an output by more than rounding does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal, NamedTuple

from darkcsp.errors import ArgumentError
from darkcsp.modelfile.forms import Precision
from darkcsp.modelfile.options import EVERY_PASS, ExportOptions
from darkcsp.modelfile.targets import TARGETS, Target
from darkcsp.to_onnx.draft import Draft
from darkcsp.to_onnx.passes.fold_batchnorm import fold_batchnorm
from darkcsp.to_onnx.passes.fold_picture import fold_picture
from darkcsp.to_onnx.passes.merge_groups import merge_groups
from darkcsp.to_onnx.passes.mish_by_exponential import mish_by_exponential
from darkcsp.to_onnx.passes.pointwise_matmul import pointwise_matmul
from darkcsp.to_onnx.passes.strided_matmul import strided_matmul

Int8Rule = Literal["as float32", "always", "never"]
"""Whether a pass is applied to a model that becomes int8: where it is to a float32 one, on every target, or on none."""


class Pass(NamedTuple):
    """A pass: its name, the function, what it does in a line. `TARGETS` says on which targets it pays."""

    name: str
    apply: Callable[[Draft], Draft]
    about: str
    int8: Int8Rule = "as float32"


PASSES: tuple[Pass, ...] = (
    Pass("fold-batchnorm", fold_batchnorm, "batch normalisation becomes part of the convolution before it"),
    Pass("fold-picture", fold_picture,
         "the scale and order of a uint8 picture's channels become part of the first convolution"),
    Pass("mish-by-exponential", mish_by_exponential,
         "Mish by one exponential, without a logarithm and a hyperbolic tangent"),
    Pass("merge-groups", merge_groups, "groups of few filters are merged to fill a vector", int8="always"),
    Pass("pointwise-matmul", pointwise_matmul, "1x1 convolutions become products of matrices", int8="never"),
    Pass("strided-matmul", strided_matmul, "convolutions with strides become products of matrices", int8="never"),
)  # fmt: skip
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
