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
    """A detection head of YOLOv1: all cells' classes, all boxes' objectness, all boxes' x, y, w, h, one after another.

    The classes are shared by the boxes of a cell. Nothing is applied but a softmax over each cell's classes.

    Attributes:
        side: cells across and down.
        per_cell: boxes of a cell.
        softmax: whether the classes go through a softmax.
        sqrt: whether w and h are given as square roots.
    """

    sections = ("detection",)
    sample = Sample("[connected]\noutput=6\n", "classes=1\nside=1\ncoords=4\n")
    vectors = "reads"
    option_notes = {
        "num": "boxes in each cell",
        "coords": "numbers for each box, 4",
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
            raise options.error("coords", "Darknet reads boxes of 4 numbers from this layer; expected coords=4")
        need = spec.side**2 * (spec.classes + 5 * spec.per_cell)
        if spec.input.size != need:
            raise GraphError(
                options.place,
                f"{spec.side}x{spec.side} cells of {spec.classes} classes and {spec.per_cell} boxes need {need} "
                f"values, the layer above gives {spec.input} = {spec.input.size}; set output={need} there",
            )
        return spec

    @property
    def output(self) -> Shape:
        """A vector of the input's values."""
        return Shape(self.input.size, 1, 1)

    @property
    def makes_vector(self) -> bool:
        """Always."""
        return True

    @property
    def bounded_by_objectness(self) -> bool:
        """Only where a softmax makes probabilities of the classes."""
        return self.softmax

    @property
    def boxes(self) -> int:
        """per_cell for each cell."""
        return self.per_cell * self.side**2

    @property
    def metadata(self) -> dict[str, object]:
        """How to decode the values."""
        return {"side": self.side, "num": self.per_cell, "softmax": self.softmax, "sqrt": self.sqrt}
