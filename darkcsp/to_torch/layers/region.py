"""[region] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.region import Region
from darkcsp.to_torch.registry import LayerModule, builds
from darkcsp.to_torch.tree import TreeSoftmax, needed_tree


@builds(Region)
class RegionModule(LayerModule):
    """What Darknet leaves in a [region] layer: logistic and softmax where they apply, in its order."""

    def __init__(self, spec: Region) -> None:
        super().__init__()
        self.spec = spec
        self.tree = TreeSoftmax(spec.tree.tree) if spec.tree and spec.tree.tree else None

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, boxes * values, h, w)."""
        spec = self.spec
        n, c, h, w = x.shape
        rows = x.reshape(n, len(spec.anchors), spec.values, h * w).permute(0, 3, 1, 2)
        xy, rest, objectness, classes = torch.split(rows, [2, spec.coords - 2, 1, spec.classes], 3)
        if spec.logistic_xy:
            xy = torch.sigmoid(xy)
        objectness, classes = self._scores(objectness, classes)
        rows = torch.cat([xy, rest, objectness, classes], 3)
        return (rows if spec.sorted_by_cell else rows.permute(0, 2, 3, 1)).reshape(n, c, h, w)

    def _scores(self, objectness: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
        spec = self.spec
        if spec.background and spec.softmax:
            scores = torch.softmax(torch.cat([objectness, classes], 3), 3)
            return scores[..., :1], scores[..., 1:]
        if not spec.background:
            objectness = torch.sigmoid(objectness)
        if spec.tree:
            classes = needed_tree(self.tree, spec.tree, spec.place)(classes)
        elif spec.softmax:
            classes = torch.softmax(classes, 3)
        elif spec.logistic_classes:
            classes = torch.sigmoid(classes)
        return objectness, classes
