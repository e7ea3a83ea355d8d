"""[connected]: parse_connected in src/parser.c, src/connected_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.activations import read_activation
from darkcsp.spec.spec import Blob, Parametric, Position, Shape, chained, layer, read_loading


@layer
@dataclass(frozen=True, kw_only=True)
class Connected(Parametric):
    """Every output is a weighted sum of all inputs, optionally with batch normalisation, then an activation.

    Darknet counts no FLOPs for it.

    Attributes:
        outputs: number of outputs.
        batch_normalize: whether scales, means and variances are stored and applied.
        activation: effective function.
    """

    sections = ("connected", "conn")

    outputs: int
    batch_normalize: bool
    activation: str

    @classmethod
    def read(cls, options: Options, at: Position) -> Connected:
        """Read a [connected] section."""
        return cls(
            **chained(at),
            outputs=options.integer("output", 1, least=1),
            batch_normalize=options.flag("batch_normalize"),
            activation=read_activation(options, "logistic", dialect=at.dialect),
            **read_loading(options),
        )

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.outputs, 1, 1)

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Biases, weights, then the three of batch normalisation (load_connected_weights in src/parser.c)."""
        vectors = ["scales", "means", "variances"] if self.batch_normalize else []
        return (
            Blob("biases", (self.outputs,)),
            Blob("weights", (self.outputs, self.input.size), "connected"),
            *(Blob(name, (self.outputs,)) for name in vectors),
        )
