"""Pictures from files."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt


def imread(path: Path) -> npt.NDArray[np.uint8]:
    """Read a picture as OpenCV does, (h, w, 3) BGR."""
    image = cv2.imread(str(path))
    assert image is not None, path
    return np.asarray(image, np.uint8)
