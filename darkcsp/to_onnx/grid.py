"""Where the cells of a detection head lie in the picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def stretched_grid(
    height: int, width: int, boxes: int, stretch: float = 1.0
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return (scale, offset) that turn logistic x, y into centres relative to the picture: scale * xy + offset.

    Rows are cell by cell from the top left, `boxes` to each cell; x and y are stretched about the cell's centre.
    The shapes are (1, 1, 2) and (1, height * width * boxes, 2).
    """
    rows, columns = np.divmod(np.arange(height * width), width)
    corners = np.stack([columns, rows], 1) - 0.5 * (stretch - 1)
    offset = np.repeat(corners / (width, height), boxes, 0)
    return np.array([stretch / width, stretch / height])[None, None], offset[None]
