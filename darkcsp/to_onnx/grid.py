"""Where the cells of a detection head lie in the picture, and how large its anchors are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from darkcsp.spec.anchors import Anchor
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.open_grid import OpenGrid


class Grid(Protocol):
    """The cells of one head. Everything is a tensor's name.

    Planes are (N, boxes, values, h * w). Rows are (N, h * w * boxes, values), cell by cell from the top left.
    """

    def planes(self, stretch: float, stride: int | None = None) -> tuple[str, str]:
        """Write (scale, offset) that turn logistic x, y in planes into centres relative to the picture.

        They are scale * xy + offset, with x and y stretched about the cell's centre. Cells are `stride` pixels apart,
        or divide the picture.
        """
        ...

    def rows(self, boxes: int, stretch: float = 1.0) -> tuple[str, str]:
        """Write the same for rows with `boxes` to each cell."""
        ...

    def plane_anchors(self, anchors: Sequence[Anchor], factor: int) -> str:
        """Write the anchors, in pixels, times a factor and relative to the picture, for planes."""
        ...

    def row_anchors(self, anchors: Sequence[Anchor], in_cells: bool = False) -> str:
        """Write the anchors, in pixels or in cells, relative to the picture, for rows."""
        ...


def grid_of(emit: Emitter, shape: Shape, network: Shape, raw: str) -> Grid:
    """Return the cells of a head that is given `raw` of a shape, in a network with an input of another."""
    if emit.sides is not None:
        return OpenGrid(emit, raw, emit.sides)
    return FixedGrid(emit, shape, network)


class FixedGrid:
    """A Grid (see there) of a size that is known: everything is a constant."""

    def __init__(self, emit: Emitter, shape: Shape, network: Shape) -> None:
        self.emit, self.shape, self.network = emit, shape, network

    def planes(self, stretch: float, stride: int | None = None) -> tuple[str, str]:
        """See Grid."""
        h, w = self.shape[1:]
        if stride is None:
            scale, offset = (part[:, None].swapaxes(2, 3) for part in stretched_grid(h, w, 1, stretch))
        else:
            rows, columns = np.divmod(np.arange(h * w), w)
            pixel = np.array([stride / self.network.w, stride / self.network.h])[:, None]
            scale = (stretch * pixel)[None, None]
            offset = ((np.stack([columns, rows]) - 0.5 * (stretch - 1)) * pixel)[None, None]
        return self.emit.constant(scale), self.emit.constant(offset)

    def rows(self, boxes: int, stretch: float = 1.0) -> tuple[str, str]:
        """See Grid."""
        scale, offset = stretched_grid(self.shape.h, self.shape.w, boxes, stretch)
        return self.emit.constant(scale), self.emit.constant(offset)

    def plane_anchors(self, anchors: Sequence[Anchor], factor: int) -> str:
        """See Grid."""
        relative = np.array(anchors) / (self.network.w, self.network.h) * factor
        return self.emit.constant(relative[None, :, :, None])

    def row_anchors(self, anchors: Sequence[Anchor], in_cells: bool = False) -> str:
        """See Grid."""
        whole = self.shape if in_cells else self.network
        cells = self.shape.h * self.shape.w
        return self.emit.constant(np.tile(np.array(anchors) / (whole.w, whole.h), (cells, 1))[None])


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
