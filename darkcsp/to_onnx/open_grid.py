"""The cells of a detection head in a model for pictures of any size: calculated when the model runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from onnx import TensorProto

from darkcsp.spec.anchors import Anchor
from darkcsp.to_onnx.emitter import Emitter


class OpenGrid:
    """A `grid.Grid` (see there) of a size that is known when the model runs."""

    def __init__(self, emit: Emitter, raw: str, picture: str) -> None:
        """Write what the rest is made of; `picture` is the input's (height, width), int64."""
        self.emit = emit
        self.cells = emit.sides_of(raw)
        self.count = emit.node("ReduceProd", self.cells, axes=[0], keepdims=1)
        self.places = self._places()
        self.cells_across_down = self._across_down(self.cells)
        self.pixels_across_down = self._across_down(picture)

    def planes(self, stretch: float, stride: int | None = None) -> tuple[str, str]:
        """See Grid."""
        emit = self.emit
        whole = self.cells_across_down
        if stride is not None:
            whole = emit.scalar("Div", self.pixels_across_down, stride)
        corners = emit.scalar("Sub", self.places, 0.5 * (stretch - 1))
        scale, offset = emit.node("Div", emit.constant([stretch]), whole), emit.node("Div", corners, whole)
        offset = emit.node("Transpose", offset, perm=[1, 0])
        return emit.reshape(scale, 1, 1, 2, 1), emit.reshape(offset, 1, 1, 2, -1)

    def rows(self, boxes: int, stretch: float = 1.0) -> tuple[str, str]:
        """See Grid."""
        emit = self.emit
        corners = emit.scalar("Sub", self.places, 0.5 * (stretch - 1))
        offset = emit.reshape(emit.node("Div", corners, self.cells_across_down), 1, -1, 1, 2)
        scale = emit.node("Div", emit.constant([stretch]), self.cells_across_down)
        return emit.reshape(scale, 1, 1, 2), self._spread(offset, boxes)

    def plane_anchors(self, anchors: Sequence[Anchor], factor: int) -> str:
        """See Grid."""
        relative = self.emit.node("Div", self.emit.constant(factor * np.array(anchors)), self.pixels_across_down)
        return self.emit.reshape(relative, 1, len(anchors), 2, 1)

    def row_anchors(self, anchors: Sequence[Anchor], in_cells: bool = False) -> str:
        """See Grid."""
        whole = self.cells_across_down if in_cells else self.pixels_across_down
        relative = self.emit.node("Div", self.emit.constant(np.array(anchors)), whole)
        return self._spread(self.emit.reshape(relative, 1, 1, len(anchors), 2), len(anchors))

    def _spread(self, x: str, boxes: int) -> str:
        """Repeat (1, cells or 1, boxes or 1, 2) for each box of each cell, (1, cells * boxes, 2)."""
        emit = self.emit
        shape = emit.node("Concat", emit.ints(1), self.count, emit.ints(boxes, 2), axis=0)
        return emit.reshape(emit.node("Expand", x, shape), 1, -1, 2)

    def _places(self) -> str:
        """Column and row of each cell from the top left, (cells, 2) float32."""
        emit = self.emit
        count = emit.node("Squeeze", self.count, emit.ints(0))
        numbers = emit.node("Range", emit.constant(0, np.int64), count, emit.constant(1, np.int64))
        numbers = emit.reshape(numbers, -1, 1)
        width = emit.slice(self.cells, 0, 1, 2)
        columns, rows = emit.node("Mod", numbers, width), emit.node("Div", numbers, width)
        return emit.node("Cast", emit.node("Concat", columns, rows, axis=1), to=TensorProto.FLOAT)

    def _across_down(self, sides: str) -> str:
        """(height, width) int64 to (width, height) float32."""
        turned = self.emit.node("Gather", sides, self.emit.ints(1, 0), axis=0)
        return self.emit.node("Cast", turned, to=TensorProto.FLOAT)
