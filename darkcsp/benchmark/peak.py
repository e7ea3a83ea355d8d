"""The peak speed of this machine: a large product of float32 matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from darkcsp.workers.serving import Opened

SIDE = 2048
OPERATIONS = 2.0 * SIDE**3
"""Operations of one product, counting each multiplication and each addition."""

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Environment variables that set the number of threads in NumPy's matrix libraries."""


def open_peak(options: Mapping[str, Any]) -> Opened:
    """Prepare the matrices. There are no options."""
    rng = np.random.default_rng(0)
    left, right, out = (rng.standard_normal((SIDE, SIDE), np.float32) for _ in range(3))
    return Opened("matrix product", lambda: [np.matmul(left, right, out=out)])
