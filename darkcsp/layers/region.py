"""[region], the head of YOLOv2 and YOLO9000: parse_region in src/parser.c, src/region_layer.c."""

from __future__ import annotations

from dataclasses import dataclass, field

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.layers.yolo import check_channels, read_all_anchors
from darkcsp.spec.head import AnchorHead
from darkcsp.spec.spec import Position, Spec, chained, layer
from darkcsp.spec.tree import TreeOption, read_tree


@layer
@dataclass(frozen=True, kw_only=True)
class Region(AnchorHead):
    """A detection head of YOLOv2. Per anchor: x, y, w, h, objectness, classes.

    AlexeyAB's program leaves x, y, w, h as they come, objectness logistic, classes softmax where asked for, and turns
    the order into that of memory: cell by cell, each cell's anchors, each anchor's values. pjreddie's leaves the order,
    and makes x, y, and without softmax the classes, logistic too.

    Attributes:
        anchors: (width, height) in cells, one for each box of a cell.
        coords: numbers before objectness; those behind the fourth are mask coefficients (pjreddie's program).
        softmax: whether the classes exclude each other.
        background: whether objectness is one more class of the softmax (pjreddie's program); boxes then have
            objectness 1.
        tree: the tree of classes, or None; it takes the place of `softmax`.
        drops_doubtful: whether classes of boxes with an objectness below 0.5 count as 0 (classfix=-1, AlexeyAB's
            program).
    """

    sections = ("region",)
    option_notes = {
        "classfix": "-1 makes the classes of boxes with an objectness below 0.5 count as 0",
    }
    training_options = frozenset(
        "bias_match rescore jitter resize random object_scale noobject_scale class_scale coord_scale mask_scale "
        "absolute thresh max focal_loss log sqrt map".split()
    )

    coords: int
    softmax: bool
    background: bool
    tree: TreeOption | None = field(repr=False)
    drops_doubtful: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [region] section."""
        theirs = at.dialect == "pjreddie"
        classes = options.integer("classes", 20, least=1)
        spec = cls(
            **chained(at),
            classes=classes,
            anchors=read_all_anchors(options),
            coords=options.integer("coords", 4, least=4),
            softmax=options.flag("softmax"),
            background=theirs and options.flag("background"),
            tree=read_tree(options, classes),
            drops_doubtful=options.integer("classfix", 0) == -1 and not theirs,
        )
        if spec.coords != 4 and not theirs:
            raise GraphError(
                options.place_of("coords"),
                f"coords={spec.coords}: AlexeyAB's Darknet reads boxes of 4 numbers; expected coords=4",
            )
        if spec.tree and theirs:
            raise options.error("tree", "pjreddie's CPU program divides by a temperature that it leaves 0")
        check_channels(spec.input, len(spec.anchors), spec.values, options)
        return spec

    @property
    def values(self) -> int:
        """Numbers for each box: coords, objectness, classes."""
        return self.coords + 1 + self.classes

    @property
    def metadata(self) -> dict[str, object]:
        """Anchors, in cells, and how to decode them."""
        return {
            "anchors": self.anchors,
            "coords": self.coords,
            "softmax": self.softmax,
            "background": self.background,
            "tree": self.tree.file if self.tree else None,
        }
