"""[detection], the head of YOLOv1: parse_detection in src/parser.c, src/detection_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.head import Head
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.sample import Sample
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Detection(Head):
    """A detection head of YOLOv1: the classes of all cells, then objectness of all boxes, then x, y, w, h of all boxes.

    The boxes of a cell share its classes. The only function applied is a softmax over each cell's classes.

    Attributes:
        side: number of cells in each direction.
        per_cell: number of boxes per cell.
        softmax: whether a softmax is applied to the classes.
        sqrt: whether w and h are square roots.
    """

    sections = ("detection",)
    sample = Sample("[connected]\noutput=6\n", "classes=1\nside=1\ncoords=4\n")
    vectors = "reads"
    option_notes = {
        "num": "boxes per cell",
        "coords": "values per box, must be 4",
    }
    training_options = frozenset(
        "rescore max coord_scale forced object_scale noobject_scale class_scale jitter resize random reorg".split()
    )

    side: int
    per_cell: int
    softmax: bool
    sqrt: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [detection] section."""
        spec = cls(
            **chained(at),
            classes=options.integer("classes", 1, least=1),
            side=options.integer("side", 7, least=1),
            per_cell=options.integer("num", 1, least=1),
            softmax=options.flag("softmax"),
            sqrt=options.flag("sqrt"),
        )
        if options.integer("coords", 1) != 4:
            raise options.error("coords", "Darknet reads boxes of 4 values from this layer; expected coords=4")
        need = spec.side**2 * (spec.classes + 5 * spec.per_cell)
        if spec.input.size != need:
            raise GraphError(
                options.place,
                f"{spec.side}x{spec.side} cells of {spec.classes} classes and {spec.per_cell} boxes need {need} "
                f"values, but the layer above has {spec.input} = {spec.input.size}; set output={need} there",
            )
        return spec

    @property
    def output(self) -> Shape:
        """A vector with as many values as the input."""
        return Shape(self.input.size, 1, 1)

    @property
    def makes_vector(self) -> bool:
        """Always True."""
        return True

    @property
    def bounded_by_objectness(self) -> bool:
        """Only with softmax, which turns the classes into probabilities."""
        return self.softmax

    @property
    def boxes(self) -> int:
        """`per_cell` for each cell."""
        return self.per_cell * self.side**2

    @property
    def metadata(self) -> dict[str, object]:
        """How to decode the values."""
        return {"side": self.side, "num": self.per_cell, "softmax": self.softmax, "sqrt": self.sqrt}
