"""The optimisations of the export, each a small function from one draft of a model to another, in one list.

What a pass gains on each engine stands in docs/performance.md, with what was tried and did not pay; it is measured by
`scripts/bench_passes`. None changes an output by more than rounding does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from darkcsp.to_onnx.draft import Draft
from darkcsp.to_onnx.emitter import TARGETS, Target
from darkcsp.to_onnx.passes.fold_batchnorm import fold_batchnorm
from darkcsp.to_onnx.passes.fold_picture import fold_picture
from darkcsp.to_onnx.passes.merge_groups import merge_groups
from darkcsp.to_onnx.passes.mish_by_exponential import mish_by_exponential
from darkcsp.to_onnx.passes.pointwise_matmul import pointwise_matmul
from darkcsp.to_onnx.passes.strided_matmul import strided_matmul

_ALL: tuple[Target, ...] = TARGETS
_OPENCV: tuple[Target, ...] = ("opencv", "opencv-classic")


class Pass(NamedTuple):
    """A pass: its name, the function, the targets that it is faster on, and what it does in a line."""

    name: str
    apply: Callable[[Draft], Draft]
    targets: tuple[Target, ...]
    about: str


PASSES: tuple[Pass, ...] = (
    Pass("fold-batchnorm", fold_batchnorm, _ALL,
         "batch normalisation becomes part of the convolution before it"),
    Pass("fold-picture", fold_picture, ("portable", *_OPENCV),
         "the scale and order of a uint8 picture's channels become part of the first convolution"),
    Pass("mish-by-exponential", mish_by_exponential, ("onnxruntime",),
         "Mish by one exponential, without a logarithm and a hyperbolic tangent"),
    Pass("merge-groups", merge_groups, (*_OPENCV, "onnxruntime", "openvino"),
         "groups of few filters are merged to fill a vector"),
    Pass("pointwise-matmul", pointwise_matmul, ("opencv-classic",),
         "1x1 convolutions become products of matrices"),
    Pass("strided-matmul", strided_matmul, _OPENCV,
         "convolutions with strides become products of matrices"),
)  # fmt: skip
"""All passes, in the order in which they are applied."""

NAMES: tuple[str, ...] = tuple(item.name for item in PASSES)


def default_passes(target: Target) -> tuple[str, ...]:
    """Return the names of the passes that pay on a target."""
    return tuple(item.name for item in PASSES if target in item.targets)


def apply_passes(draft: Draft, names: Collection[str] | None = None) -> Draft:
    """Apply passes in the order of the list: those named, or with None those that pay on the draft's target.

    Raises ValueError for a name that is none.
    """
    chosen = default_passes(draft.target) if names is None else names
    unknown = sorted(set(chosen) - set(NAMES))
    if unknown:
        raise ValueError(f"passes are {', '.join(NAMES)}, not {', '.join(unknown)}")
    for item in PASSES:
        if item.name in chosen:
            draft = item.apply(draft)
    return draft
