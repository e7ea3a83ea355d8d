"""Types of the arrays that packages exchange."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
"""Weights, activations, boxes."""

Bytes = npt.NDArray[np.uint8]
"""Images, and raw bytes of files."""
