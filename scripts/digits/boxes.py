"""Boxes as tensors during training: decoding, IoU, complete IoU (AAAI 2020)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from darkcsp.layers.yolo import Yolo


class Cells(NamedTuple):
    """All boxes of all heads in a row: (boxes,) each, in pixels of the input.

    Attributes:
        column, row: the cell, in cells.
        stride: of the cell, in pixels.
        anchor: (boxes, 2).
    """

    column: Tensor
    row: Tensor
    stride: Tensor
    anchor: Tensor


def cells_of(heads: Sequence[Yolo], size: int) -> Cells:
    """Return the cells of heads in a network with an input of `size` pixels."""
    parts = []
    for head in heads:
        _, h, w = head.input
        row, column = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        for anchor in head.anchors:
            shape = torch.tensor(anchor).expand(h * w, 2)
            parts.append((column.reshape(-1), row.reshape(-1), torch.full((h * w,), size / w), shape))
    return Cells(*(torch.cat(tensors).float() for tensors in zip(*parts, strict=True)))


def decode(values: Tensor, cells: Cells) -> Tensor:
    """Decode raw x, y, w, h, (N, boxes, 4), into xyxy in pixels."""
    corner = torch.stack([cells.column, cells.row], 1)
    centre = (torch.sigmoid(values[..., :2]) + corner) * cells.stride[:, None]
    half = torch.exp(values[..., 2:4].clamp(max=6)) * cells.anchor / 2
    return torch.cat([centre - half, centre + half], 2)


def pairwise_iou(found: Tensor, boxes: Tensor) -> Tensor:
    """Return IoU of boxes (N, n, 4) with boxes (N, k, 4), (N, n, k)."""
    first, second = found[:, :, None], boxes[:, None]
    sides = (torch.minimum(first[..., 2:], second[..., 2:]) - torch.maximum(first[..., :2], second[..., :2])).clamp(0)
    shared = sides.prod(3)
    areas = (first[..., 2:] - first[..., :2]).prod(3) + (second[..., 2:] - second[..., :2]).prod(3)
    return shared / (areas - shared + 1e-9)


def ciou(found: Tensor, boxes: Tensor) -> Tensor:
    """Return complete IoU of boxes (n, 4) with boxes (n, 4), (n,): IoU minus distance and difference in proportions."""
    size, wanted = found[:, 2:] - found[:, :2], boxes[:, 2:] - boxes[:, :2]
    sides = (torch.minimum(found[:, 2:], boxes[:, 2:]) - torch.maximum(found[:, :2], boxes[:, :2])).clamp(0)
    shared = sides.prod(1)
    iou = shared / (size.prod(1) + wanted.prod(1) - shared + 1e-9)
    around = torch.maximum(found[:, 2:], boxes[:, 2:]) - torch.minimum(found[:, :2], boxes[:, :2])
    apart = ((found[:, :2] + found[:, 2:] - boxes[:, :2] - boxes[:, 2:]) / 2).square().sum(1)
    turn = torch.atan(wanted[:, 0] / (wanted[:, 1] + 1e-9)) - torch.atan(size[:, 0] / (size[:, 1] + 1e-9))
    shape = 4 / math.pi**2 * turn.square()
    with torch.no_grad():
        share = shape / (1 - iou + shape + 1e-9)
    return iou - apart / (around.square().sum(1) + 1e-9) - share * shape
