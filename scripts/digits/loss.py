"""The YOLO loss: CIoU for boxes, binary cross-entropy for objectness and classes (YOLOv3; CIoU of AAAI 2020)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from darkcsp.graph import Graph
from darkcsp.layers.yolo import Yolo
from scripts.digits.boxes import Cells, cells_of, ciou, decode, pairwise_iou

BOX_WEIGHT, OBJECT_WEIGHT, CLASS_WEIGHT = 2.0, 1.0, 1.0


class Parts(NamedTuple):
    """The loss and its terms, as scalars."""

    total: Tensor
    box: Tensor
    objectness: Tensor
    classes: Tensor


class YoloLoss:
    """The loss of a network with [yolo] heads without `scale_x_y` and `new_coords`.

    A digit is assigned to the cell that contains its centre, and there to the anchor that fits best and to all others
    with an IoU above `assign`. Boxes that overlap a digit above `ignore` without being responsible for it are not
    penalised (Darknet's ignore_thresh).
    """

    def __init__(self, graph: Graph, assign: float = 0.3, ignore: float = 0.7) -> None:
        self.heads = [head for head in graph.heads if isinstance(head, Yolo)]
        if any(head.scale_x_y != 1 or head.new_coords for head in self.heads):
            raise ValueError(f"{graph.cfg.path}: heads with scale_x_y or new_coords cannot be trained")
        self.assign, self.ignore, self.size = assign, ignore, graph.input
        self.cells = cells_of(self.heads, graph.input.w)
        anchors = [head.anchors for head in self.heads]
        starts = [0]
        for head in self.heads:
            starts.append(starts[-1] + head.boxes)
        self.shapes = torch.tensor([anchor for group in anchors for anchor in group])
        self.shape_head = [number for number, group in enumerate(anchors) for _ in group]
        self.shape_start = [
            starts[number] + place * head.input.h * head.input.w
            for number, head in enumerate(self.heads)
            for place in range(len(head.anchors))
        ]

    def __call__(self, raw: Sequence[Tensor], boxes: Tensor, classes: Tensor) -> Parts:
        """Return the loss of a batch.

        Args:
            raw: the input of each head, (N, anchors * values, h, w).
            boxes: (N, most, 4), xyxy in pixels of the input; rows of zeros for no box.
            classes: (N, most), int64; any value if there is no box.
        """
        values = torch.cat([self._rows(head, tensor) for head, tensor in zip(self.heads, raw, strict=True)], 1).float()
        cells = Cells(*(tensor.to(values.device) for tensor in self.cells))
        found = decode(values[..., :4], cells)
        picture, row, truth = self.responsible(boxes)
        with torch.no_grad():
            ignored = pairwise_iou(found.detach(), boxes).amax(2) > self.ignore
        target = torch.zeros_like(values[..., 4])
        target[picture, row] = 1
        weight = torch.where(ignored & (target == 0), 0.0, 1.0)
        count = max(len(picture), 1)
        losses = F.binary_cross_entropy_with_logits(values[..., 4], target, weight, reduction="sum") / count
        wanted = F.one_hot(classes[picture, truth], self.heads[0].classes).float()
        named = F.binary_cross_entropy_with_logits(values[picture, row, 5:], wanted, reduction="sum") / count
        box = (1 - ciou(found[picture, row], boxes[picture, truth])).sum() / count
        return Parts(BOX_WEIGHT * box + OBJECT_WEIGHT * losses + CLASS_WEIGHT * named, box, losses, named)

    def responsible(self, boxes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the assignments: indices of pictures, of rows in the cells' order, and of boxes, (positives,) each."""
        sizes = boxes[..., 2:] - boxes[..., :2]
        shapes = self.shapes.to(boxes)
        shared = torch.minimum(sizes[:, :, None], shapes).prod(3)
        fit = shared / (sizes.prod(2)[:, :, None] + shapes.prod(1) - shared)
        chosen = (fit > self.assign) | F.one_hot(fit.argmax(2), len(shapes)).bool()
        chosen &= (sizes > 0).all(2)[..., None]
        picture, truth, shape = chosen.nonzero(as_tuple=True)
        width = torch.tensor([self.heads[number].input.w for number in self.shape_head], device=boxes.device)[shape]
        stride = self.size.w / width
        start = torch.tensor(self.shape_start, device=boxes.device)[shape]
        centre = (boxes[..., :2] + boxes[..., 2:])[picture, truth] / 2
        cell = (centre / stride[:, None]).long().clamp(min=0)
        cell = torch.minimum(cell, (width - 1)[:, None])
        return picture, start + cell[:, 1] * width + cell[:, 0], truth

    @staticmethod
    def _rows(head: Yolo, raw: Tensor) -> Tensor:
        """Return (N, anchors * values, h, w) as (N, anchors * h * w, values)."""
        boxes = len(head.anchors)
        return (
            raw.reshape(len(raw), boxes, 5 + head.classes, -1).transpose(2, 3).reshape(len(raw), -1, 5 + head.classes)
        )
