"""What this machine can do at most: a large product of float32 matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from darkcsp.workers.serving import Opened

SIDE = 2048
OPERATIONS = 2.0 * SIDE**3
"""Of one product, each multiplication and each addition counted."""

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""By which NumPy's libraries for matrices are told how many threads to use."""


def open_peak(options: Mapping[str, Any]) -> Opened:
    """Make matrices ready; there are no options."""
    rng = np.random.default_rng(0)
    left, right, out = (rng.standard_normal((SIDE, SIDE), np.float32) for _ in range(3))
    return Opened("matrix product", lambda: [np.matmul(left, right, out=out)])
