"""Boxes of [region] (get_region_boxes in src/region_layer.c)."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.region import Region
from darkcsp.to_torch.decoder import AnchorDecoder, Side, centres, decodes, rows
from darkcsp.to_torch.tree import TreeClasses, TreeSoftmax


@decodes(Region)
class RegionDecoder(AnchorDecoder):
    """Decodes YOLOv2's heads. With a tree, a box has the narrowest class whose probability is above 0.5, and no other.

    Raises UnsupportedLayerError where the tree's file was not found.
    """

    def __init__(self, spec: Region) -> None:
        super().__init__(spec.anchors)
        self.spec = spec
        tree = spec.tree.needed(spec.place, "PyTorch") if spec.tree else None
        self.tree = torch.nn.Sequential(TreeSoftmax(tree), TreeClasses(tree)) if tree else None

    def forward(self, raw: Tensor, width: Side, height: Side) -> Tensor:
        """See HeadDecoder; anchors are in cells, and the network's size is of no matter."""
        cells, coords = self.cells(raw), self.spec.coords
        h, w = raw.shape[2:]
        sizes = self.sizes(torch.exp(cells[..., 2:4]), w, h)
        objectness, classes = self._scores(cells[..., coords : coords + 1], cells[..., coords + 1 :])
        return rows(centres(torch.sigmoid(cells[..., :2])), sizes, objectness, classes * objectness)

    def _scores(self, objectness: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
        """Objectness and class probabilities as the boxes have them."""
        spec = self.spec
        if spec.background and spec.softmax:
            classes = torch.softmax(torch.cat([objectness, classes], -1), -1)[..., 1:]
        elif self.tree is not None:
            classes = self.tree(classes)
        elif spec.softmax:
            classes = torch.softmax(classes, -1)
        elif spec.logistic_classes:
            classes = torch.sigmoid(classes)
        if spec.background:
            return torch.ones_like(objectness), classes
        objectness = torch.sigmoid(objectness)
        if spec.drops_doubtful:
            objectness = objectness * (objectness >= 0.5)
        return objectness, classes
