"""Which module turns what a head is given into rows of boxes: `@decodes(Yolo)` registers one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import torch
from torch import Tensor, nn

from darkcsp.spec.anchors import Anchor
from darkcsp.spec.handlers import Handlers
from darkcsp.spec.head import Head

Side = int | Tensor
"""Pixels or cells; a tensor in a trace."""


class HeadDecoder(nn.Module):
    """Base of every head's decoder.

    `forward` takes what the head is given, (N, c, h, w) float32 or float64, and the (width, height) of the network's
    input. It returns (N, h * w * anchors, 5 + classes): cx, cy, w, h relative to the input, objectness, class
    probabilities times objectness; cell by cell from the top left, each cell's anchors in order.
    """


class AnchorDecoder(HeadDecoder):
    """Base of the decoders of heads with anchors, which are the buffer `anchors`, (boxes, 2): width and height."""

    anchors: Tensor

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        super().__init__()
        self.boxes = len(anchors)
        self.register_buffer("anchors", torch.tensor(anchors, dtype=torch.float32), persistent=False)

    def cells(self, raw: Tensor) -> Tensor:
        """Bring (N, boxes * values, h, w) to (N, h, w, boxes, values)."""
        n, c, h, w = raw.shape
        return raw.reshape(n, self.boxes, c // self.boxes, h, w).permute(0, 3, 4, 1, 2)

    def sizes(self, factors: Tensor, width: Side, height: Side) -> Tensor:
        """Return w, h (N, h, w, boxes, 2): factors of the anchors, which are relative to width and height."""
        return factors * (self.anchors.to(factors.dtype) / pair(width, height, factors))


def pair(width: Side, height: Side, like: Tensor) -> Tensor:
    """Return (2,) of the type and on the device of another tensor."""
    return torch.cat([torch.full((1,), value, dtype=like.dtype, device=like.device) for value in (width, height)])  # type: ignore[arg-type]


def corners(h: Side, w: Side, like: Tensor) -> Tensor:
    """Return the column and row of each cell, (h, w, 1, 2)."""
    columns = torch.arange(w, dtype=like.dtype, device=like.device)  # type: ignore[arg-type]
    rows = torch.arange(h, dtype=like.dtype, device=like.device)  # type: ignore[arg-type]
    return torch.stack(torch.meshgrid(columns, rows, indexing="xy"), 2)[:, :, None]


def centres(xy: Tensor, stretch: float = 1.0) -> Tensor:
    """Return cx, cy relative to the picture of logistic x, y (N, h, w, boxes, 2), stretched about the cell's middle."""
    h, w = xy.shape[1:3]
    return (xy * stretch + (corners(h, w, xy) - 0.5 * (stretch - 1))) / pair(w, h, xy)


def rows(*parts: Tensor) -> Tensor:
    """Join parts (N, h, w, boxes, values) as rows, (N, h * w * boxes, values)."""
    return torch.cat(parts, -1).flatten(1, 3)


H = TypeVar("H", bound=Head)
Decoder = Callable[[H], HeadDecoder]

DECODERS: Handlers[Decoder[Head]] = Handlers("PyTorch", "no decoder is written for {}", "spec")


def decodes(spec: type[H]) -> Callable[[Decoder[H]], Decoder[H]]:
    """Register the decoder of a head (decorator; a module class that takes the spec will do).

    Raises ValueError where there is one already, TypeError where it takes anything but `spec`.
    """

    def register(decoder: Decoder[H]) -> Decoder[H]:
        DECODERS.add(spec, cast(Decoder[Head], decoder))  # found by the spec's class, so that it is given no other
        return decoder

    return register


def build_decoder(spec: Head) -> HeadDecoder:
    """Make the decoder of a head. Raises UnsupportedLayerError where nothing is registered for it."""
    return DECODERS[spec](spec)
