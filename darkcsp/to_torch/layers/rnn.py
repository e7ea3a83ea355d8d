"""[rnn] as a module."""

from __future__ import annotations

from darkcsp.layers.rnn import Rnn
from darkcsp.to_torch.recurrent import PlainCell
from darkcsp.to_torch.registry import builds


@builds(Rnn)
class RnnModule(PlainCell):
    """A plain recurrent layer of fully connected parts: input, self, output."""

    def __init__(self, spec: Rnn) -> None:
        super().__init__(spec, spec.shortcut)
