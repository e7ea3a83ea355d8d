"""[sam]: parse_sam in src/parser.c, src/sam_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.activation_functions import read_activation
from darkcsp.spec.guided import check_broadcast, note_no_activation, read_pair
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.sample import CONVOLUTION, Sample
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sam(Spec):
    """The element-wise product of the layer above and an earlier layer of the same shape (spatial attention).

    Attributes:
        activation: effective function.
    """

    sections = ("sam",)
    option_attributes = {"from": "sources"}
    sample = Sample(2 * CONVOLUTION, "from=-2\n")
    authors = ("AlexeyAB",)

    activation: str

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [sam] section."""
        reference = at.resolve_one(options, "from")
        spec = cls(**chained(at, reference), activation=read_activation(options, "linear", at.program))
        if spec.inputs[0] != spec.inputs[1]:
            raise GraphError(
                options.place_of("from"),
                f"from: layer {reference} is {spec.inputs[1]}, the layer above is {spec.inputs[0]}; "
                "the shapes must be equal",
            )
        return spec

    @property
    def keeps_activation_of(self) -> tuple[int, ...]:
        """The first two sources (calculate_binary_weights in src/network.c)."""
        return self.sources[:2]

    @property
    def output(self) -> Shape:
        """The common shape."""
        return self.inputs[0].broadcast(self.inputs[1]) or self.input


@reads(Sam, "sam", authors=("WongKinYiu",))
def read_for_pytorch(options: Options, at: Position) -> Sam:
    """Read a [sam] section as WongKinYiu's reader does: any shapes that broadcast, no activation."""
    note_no_activation(options)
    fields = read_pair(options, at)
    check_broadcast(options, *fields["inputs"])
    return Sam(**fields, activation="linear")
