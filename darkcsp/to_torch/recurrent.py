"""What recurrent modules have in common."""

from __future__ import annotations

from torch import Tensor, nn

from darkcsp.spec.recurrent import Recurrent
from darkcsp.to_torch.registry import LayerModule, LayerResult, build_module


class PartsModule(LayerModule):
    """A recurrent layer as the modules of its sublayers, `parts`, by their names."""

    def __init__(self, spec: Recurrent) -> None:
        super().__init__()
        self.parts = nn.ModuleDict({name: build_module(part) for name, part in spec.parts.items()})

    def run(self, name: str, x: Tensor) -> Tensor:
        """Return the output of a sublayer."""
        y: Tensor = self.parts[name](x)
        return y

    def reset_parameters(self) -> None:
        """Reset all sublayers."""
        for _, part in self._layers():
            part.reset_parameters()

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """The sublayers' tensors: input.biases and so on."""
        return {f"{name}.{blob}": tensor for name, part in self._layers() for blob, tensor in part.blobs().items()}

    def _layers(self) -> list[tuple[str, LayerModule]]:
        return [(name, part) for name, part in self.parts.items() if isinstance(part, LayerModule)]


class PlainCell(PartsModule):
    """[rnn] and [crnn]: hidden = input(x) + self(hidden), plus the old one if asked for; output = output(hidden)."""

    def __init__(self, spec: Recurrent, shortcut: bool) -> None:
        super().__init__(spec)
        self.shortcut = shortcut

    def forward(self, x: Tensor, hidden: Tensor) -> LayerResult:
        """Return the output; the state is hidden."""
        state = self.run("input", x) + self.run("self", hidden)
        if self.shortcut:
            state = hidden + state
        return LayerResult(self.run("output", state), states=(state,))
