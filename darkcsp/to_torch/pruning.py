"""Masks of torch.nn.utils.prune, which are applied when a module runs and not when its parameters change."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils.prune import BasePruningMethod


def apply_masks(network: nn.Module) -> None:
    """Make pruned weights what their masks and trained values make of them now.

    They are then tensors without a history of gradients, which can be copied and pickled.
    """
    with torch.no_grad():
        for module in network.modules():
            for hook in module._forward_pre_hooks.values():
                if isinstance(hook, BasePruningMethod):
                    hook(module, None)
