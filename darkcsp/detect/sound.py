"""Raises errors for NaN and infinite outputs that would invent or hide detections."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.errors import ModelError
from darkcsp.runtimes.runtime import Runtime

FARTHEST = 1e9
"""Largest coordinate of a box, in sides of the network's input; the area of larger boxes overflows float32."""


def check_scores(scores: Array, runtime: Runtime) -> None:
    """Raise ModelError if a score is NaN: comparisons with it are false, which would hide detections."""
    _refuse(np.isnan(scores), runtime)


def check_found(scores: Array, runtime: Runtime) -> None:
    """Raise ModelError if a score that is to be returned is not finite."""
    _refuse(~np.isfinite(scores), runtime)


def check_boxes(boxes: Array, runtime: Runtime) -> None:
    """Raise ModelError if a box that is to be returned, relative to the input, is not finite or is absurdly far away.

    Boxes that are not returned may be: an exponential can overflow where there is no object.
    """
    _refuse(~(np.abs(boxes) < FARTHEST), runtime)


def _refuse(wrong: npt.NDArray[np.bool_], runtime: Runtime) -> None:
    if wrong.any():
        number = np.count_nonzero(wrong)
        message = (
            f"output {runtime.output_names[0]!r} has {number} NaN or infinite values instead of scores and boxes; the "
            "likely cause is NaN or infinite weights ('darkcsp info CFG WEIGHTS' finds them), or the picture"
        )
        raise ModelError(runtime.path, message)
