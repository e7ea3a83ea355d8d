"""[route] as a module."""

from __future__ import annotations

import torch
from torch import Tensor

from darkcsp.layers.route import Route
from darkcsp.to_torch.registry import LayerModule, builds


@builds(Route)
class RouteModule(LayerModule):
    """Concatenation of one group of each source's channels."""

    def __init__(self, spec: Route) -> None:
        super().__init__()
        widths = [shape.c // spec.groups for shape in spec.inputs]
        self.ranges = [(width * spec.group_id, width) for width in widths]
        self.groups = spec.groups

    def forward(self, *xs: Tensor) -> Tensor:
        """Return the sources' channels one behind the other."""
        if self.groups > 1:
            xs = tuple(x.narrow(1, start, width) for x, (start, width) in zip(xs, self.ranges, strict=True))
        return xs[0] if len(xs) == 1 else torch.cat(xs, 1)
