"""Softmax over groups of siblings in a tree of classes (src/tree.c)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from darkcsp.errors import Place
from darkcsp.spec.tree import Tree, TreeOption


class TreeSoftmax(nn.Module):
    """One softmax for each group of siblings."""

    def __init__(self, tree: Tree) -> None:
        super().__init__()
        self.sizes = len(tree.groups_by_size)
        for number, groups in enumerate(tree.groups_by_size):
            self.register_buffer(f"groups_{number}", torch.tensor(groups), persistent=False)
        order = torch.cat([torch.tensor(groups).flatten() for groups in tree.groups_by_size])
        self.register_buffer("places", torch.argsort(order), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return each class's probability given its parent; classes are the last dimension of x."""
        groups = [self.get_buffer(f"groups_{number}") for number in range(self.sizes)]
        parts = [torch.softmax(x[..., siblings], -1).flatten(-2) for siblings in groups]
        return torch.cat(parts, -1)[..., self.get_buffer("places")]


def needed_tree(module: TreeSoftmax | None, option: TreeOption, place: Place) -> TreeSoftmax:
    """Return the module of a tree. Raises UnsupportedLayerError where its file was not found when it was built."""
    return TreeSoftmax(option.needed(place, "PyTorch")) if module is None else module


class TreeClasses(nn.Module):
    """From the probability of each class given its parent to the narrowest class that is more probable than not."""

    def __init__(self, tree: Tree) -> None:
        super().__init__()
        self.steps = len(tree.jumps)
        for number, table in enumerate(tree.jumps):
            self.register_buffer(f"jump_{number}", torch.tensor(table), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return the probability of the last class of those above 0.5, zeros for all others."""
        x = torch.cat([x, torch.ones_like(x[..., :1])], -1)
        for number in range(self.steps):
            x = x * x[..., self.get_buffer(f"jump_{number}")]
        x = x[..., :-1]
        above = x > 0.5
        ranks = above * torch.arange(1, x.shape[-1] + 1, device=x.device)
        return x * (above & (ranks == ranks.amax(-1, keepdim=True)))
