"""[contrastive]: parse_contrastive in src/parser.c, src/softmax_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.layers.yolo import Yolo
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.sample import CONVOLUTION, Sample
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Contrastive(Spec):
    """A loss on the embeddings of objects, which passes its input on.

    Attributes:
        yolo: number of the [yolo] layer whose objects have these embeddings.
        passes_on: whether the output is the input; on a CPU it is all zeros.
    """

    sections = ("contrastive",)
    sample = Sample(f"{CONVOLUTION}[yolo]\nclasses=1\n{CONVOLUTION}", "yolo_layer=1\nclasses=1\n")
    vectors = "reads"
    option_notes = {
        "yolo_layer": "the [yolo] layer whose boxes it is trained on",
    }
    authors = ("AlexeyAB",)
    training_options = frozenset("classes temperature cls_normalizer max_delta contrastive_neg_max".split())

    yolo: int
    passes_on: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [contrastive] section."""
        yolo = at.resolve_one(options, "yolo_layer")
        if not isinstance(at.layers[yolo], Yolo):
            raise GraphError(
                options.place_of("yolo_layer"),
                f"yolo_layer: layer {yolo} is [{at.layers[yolo].type}], expected a [yolo] layer",
            )
        return cls(**chained(at), yolo=yolo, passes_on=not at.program.on_cpu)

    @property
    def makes_vector(self) -> bool:
        """Always True."""
        return True

    @property
    def output(self) -> Shape:
        """A vector with as many values as the input."""
        return Shape(self.input.size, 1, 1)
