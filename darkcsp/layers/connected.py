"""[connected]: parse_connected in src/parser.c, src/connected_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.activation_functions import read_activation
from darkcsp.spec.batch_normalization import BatchNormalization, normalizing
from darkcsp.spec.blob import Blob
from darkcsp.spec.parametric import Parametric, read_loading
from darkcsp.spec.position import Position
from darkcsp.spec.recurrent import Recurrent
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Connected(Parametric):
    """A fully connected layer, optionally with batch norm, then an activation. Darknet counts no FLOPs for it.

    Attributes:
        outputs: number of outputs.
        batch_normalize: whether scales, means and variances are stored and applied.
        normalization: how they are applied.
        activation: effective function.
    """

    sections = ("connected", "conn")
    option_attributes = {"output": "outputs"}
    vectors = "reads"

    outputs: int
    batch_normalize: bool
    normalization: BatchNormalization
    activation: str

    @classmethod
    def read(cls, options: Options, at: Position) -> Connected:
        """Read a [connected] section."""
        return cls(
            **chained(at),
            outputs=options.integer("output", 1, least=1),
            **normalizing(options.flag("batch_normalize"), at.program),
            activation=read_activation(options, "logistic", at.program),
            **read_loading(options),
        )

    @classmethod
    def part_of(cls, layer: Recurrent, given: Shape, outputs: int, activation: str = "linear") -> Connected:
        """Create a sublayer of a recurrent layer; `given` is the shape of its input."""
        return cls(
            **layer.part_fields(given),
            outputs=outputs,
            batch_normalize=layer.batch_normalize,
            normalization=layer.normalization,
            activation=activation,
        )

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.outputs, 1, 1)

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Biases, weights, then the three blobs of batch norm (load_connected_weights in src/parser.c)."""
        vectors = ["scales", "means", "variances"] if self.batch_normalize else []
        return (
            Blob("biases", (self.outputs,)),
            Blob("weights", (self.outputs, self.input.size), "by_header"),
            *(Blob(name, (self.outputs,)) for name in vectors),
        )
