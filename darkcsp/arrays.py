"""Names for the arrays that go from room to room."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
"""Weights, activations, boxes."""

Bytes = npt.NDArray[np.uint8]
"""Pictures."""
