"""A network that gives boxes: what its ONNX file of head "decoded" gives, as a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from darkcsp.errors import ModelError
from darkcsp.to_torch.decoder import build_decoder

if TYPE_CHECKING:
    from darkcsp.to_torch.network import Network


class DecodedNetwork(nn.Module):
    """A Network and the decoding of its heads; see `Network.decoded`.

    Attributes:
        network: the network, whose parameters these are.
        decoders: what decodes each head, by its label.
    """

    def __init__(self, network: Network) -> None:
        """Add the decoding to a network.

        Raises ModelError where heads differ in their number of classes, UnsupportedLayerError where a tree of classes
        has no file.
        """
        super().__init__()
        graph = network.graph
        classes = sorted({head.classes for head in graph.heads})
        if len(classes) > 1:
            raise ModelError(
                graph.cfg.path, f"heads with {' and '.join(map(str, classes))} classes have no common output"
            )
        shape = graph.output.output_to_next
        self.is_vector = (shape.h, shape.w) == (1, 1)
        self.network = network
        self.decoders = nn.ModuleDict({head.label: build_decoder(head) for head in graph.heads})

    def forward(self, batch: Tensor) -> Tensor:
        """Run the network.

        Args:
            batch: as for `Network.forward`.

        Returns:
            (N, boxes, 5 + classes), float32 (float64 in a network of float64): cx, cy, w, h relative to the input,
            objectness, class probabilities times objectness; head by head, cell by cell from the top left, each cell's
            anchors in order. Without heads the last output: (N, values), or (N, c, h, w) where it is a picture.

        Raises:
            ArgumentError: as `Network.forward` does.
        """
        raw = self.network(batch)
        if not self.decoders:
            (output,) = raw
            return _wide(output.flatten(1) if self.is_vector else output)
        sides = batch.shape[3], batch.shape[2]
        parts = [decode(_wide(given), *sides) for decode, given in zip(self.decoders.values(), raw, strict=True)]
        return parts[0] if len(parts) == 1 else torch.cat(parts, 1)


def _wide(x: Tensor) -> Tensor:
    """Places in the picture need more bits than float16 and bfloat16 have."""
    return x if x.dtype == torch.float64 else x.float()
