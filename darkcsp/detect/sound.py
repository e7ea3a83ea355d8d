"""Outputs that are no numbers: an error, where they would make things up or hide them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.errors import ModelError
from darkcsp.runtimes.runtime import Runtime

FARTHEST = 1e9
"""Of a box, in sides of the network's input; areas of larger ones are beyond float32."""


def check_scores(scores: Array, runtime: Runtime) -> None:
    """Raise ModelError where there is NaN among scores: it compares as false, and would hide what is there."""
    _refuse(np.isnan(scores), runtime)


def check_found(scores: Array, runtime: Runtime) -> None:
    """Raise ModelError where scores that are to be given out are not finite."""
    _refuse(~np.isfinite(scores), runtime)


def check_boxes(boxes: Array, runtime: Runtime) -> None:
    """Raise ModelError where boxes that are to be given out, relative to the input, are not finite or beyond reason.

    Boxes that are not given out may be: an exponential has overflowed where nothing is.
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
