"""[softmax] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.softmax import Softmax
from darkcsp.to_torch.registry import LayerModule, builds
from darkcsp.to_torch.tree import TreeSoftmax, needed_tree


@builds(Softmax)
class SoftmaxModule(LayerModule):
    """Softmax over runs of the flattened input, or over the groups of a tree."""

    def __init__(self, spec: Softmax) -> None:
        super().__init__()
        self.spec = spec
        self.tree = TreeSoftmax(spec.tree.tree) if spec.tree and spec.tree.tree else None

    def forward(self, x: Tensor) -> Tensor:
        """Return probabilities, (N, values, 1, 1)."""
        spec = self.spec
        x = x.flatten(1) / spec.temperature
        if spec.tree:
            y: Tensor = needed_tree(self.tree, spec.tree, spec.place)(x)
        else:
            y = torch.softmax(x.reshape(x.shape[0], spec.groups, -1), 2).flatten(1)
        return y[:, :, None, None]
