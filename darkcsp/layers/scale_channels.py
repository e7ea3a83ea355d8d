"""[scale_channels]: parse_scale_channels in src/parser.c, src/scale_channels_layer.c."""

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
class ScaleChannels(Spec):
    """An earlier layer times the layer above: one factor for each channel, or with scale_wh=1 for each position.

    Attributes:
        scale_wh: whether the layer above has one channel of (h, w) factors, instead of (c, 1, 1).
        activation: effective function.
    """

    sections = ("scale_channels",)
    option_attributes = {"from": "sources"}
    sample = Sample(f"{CONVOLUTION}[avgpool]\n", "from=-2\n")
    authors = ("AlexeyAB",)

    scale_wh: bool
    activation: str

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [scale_channels] section."""
        reference = at.resolve_one(options, "from")
        spec = cls(
            **chained(at, reference),
            scale_wh=options.flag("scale_wh"),
            activation=read_activation(options, "linear", at.program),
        )
        factors, scaled = spec.inputs
        wanted = Shape(1, scaled.h, scaled.w) if spec.scale_wh else Shape(scaled.c, 1, 1)
        if factors != wanted:
            raise GraphError(
                options.place_of("from"),
                f"from: layer {reference} is {scaled}, so the layer above must be {wanted}, but it is {factors}",
            )
        return spec

    @property
    def keeps_activation_of(self) -> tuple[int, ...]:
        """The first two sources (calculate_binary_weights in src/network.c)."""
        return self.sources[:2]

    @property
    def output(self) -> Shape:
        """The shape of the earlier layer; in WongKinYiu's program either layer can hold the factors."""
        return self.inputs[0].broadcast(self.inputs[1]) or self.inputs[1]


@reads(ScaleChannels, "scale_channels", authors=("WongKinYiu",))
def read_for_pytorch(options: Options, at: Position) -> ScaleChannels:
    """Read a [scale_channels] section as WongKinYiu's reader does: any shapes that broadcast, no activation."""
    note_no_activation(options)
    fields = read_pair(options, at)
    check_broadcast(options, *fields["inputs"])
    return ScaleChannels(**fields, scale_wh=False, activation="linear")
