"""[crnn] as a module."""

from __future__ import annotations

from darkcsp.layers.crnn import Crnn
from darkcsp.to_torch.recurrent import PlainCell
from darkcsp.to_torch.registry import builds


@builds(Crnn)
class CrnnModule(PlainCell):
    """A plain recurrent layer of convolutions: input, self, output."""

    def __init__(self, spec: Crnn) -> None:
        super().__init__(spec, spec.shortcut)
