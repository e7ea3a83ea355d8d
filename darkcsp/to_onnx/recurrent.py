"""What recurrent layers have in common."""

from __future__ import annotations

from darkcsp.spec.recurrent import Recurrent
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, lower
from darkcsp.weightfile.weights import Blobs


class PartWriter:
    """Writes sublayers under their own names: `L001_crnn/self/Conv`."""

    def __init__(self, spec: Recurrent, blobs: Blobs, emit: Emitter) -> None:
        self.parts, self.blobs, self.emit = spec.parts, blobs, emit

    def __call__(self, name: str, x: str) -> str:
        """Write a sublayer; return the name of its output."""
        part, scope = self.parts[name], self.emit.scope
        self.emit.scope = f"{scope}/{name}"
        blobs = {blob.name: self.blobs[f"{name}.{blob.name}"] for blob in part.blobs}
        y = lower(part, blobs, self.emit, x).handed
        self.emit.scope = scope
        return y

    def total(self, *terms: tuple[str, str]) -> str:
        """Write the sum of the sublayers that there are: (name, input) each."""
        total = ""
        for name, x in terms:
            if name in self.parts:
                y = self(name, x)
                total = self.emit.node("Add", total, y) if total else y
        return total


def write_plain_cell(part: PartWriter, shortcut: bool, x: str, hidden: str) -> Lowered:
    """Write [rnn] or [crnn]: hidden = input(x) + self(hidden), plus the old one if asked for; output(hidden)."""
    state = part.total(("input", x), ("self", hidden))
    if shortcut:
        state = part.emit.node("Add", hidden, state)
    return Lowered(part("output", state), states=(state,))
