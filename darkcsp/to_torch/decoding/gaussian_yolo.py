"""Boxes of [Gaussian_yolo] (get_gaussian_yolo_detections in src/gaussian_yolo_layer.c)."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.gaussian_yolo import GaussianYolo
from darkcsp.to_torch.decoder import AnchorDecoder, Side, centres, decodes, rows


@decodes(GaussianYolo)
class GaussianYoloDecoder(AnchorDecoder):
    """Multiplies the classes by one minus the mean deviation besides objectness."""

    def __init__(self, spec: GaussianYolo) -> None:
        super().__init__(spec.anchors)
        self.stretch, self.to_centre = spec.scale_x_y, spec.to_centre

    def forward(self, raw: Tensor, width: Side, height: Side) -> Tensor:
        """See HeadDecoder."""
        cells = self.cells(raw)
        sizes = self.sizes(torch.exp(cells[..., 4:8:2]), width, height)
        centre = centres(torch.sigmoid(cells[..., :4:2]), self.stretch) + self.to_centre * sizes
        certainty = 1 - torch.sigmoid(cells[..., 1:8:2]).mean(-1, keepdim=True)
        scores = torch.sigmoid(cells[..., 8:])
        objectness = scores[..., :1]
        return rows(centre, sizes, objectness, scores[..., 1:] * (objectness * certainty))
