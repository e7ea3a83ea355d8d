"""[region], the head of YOLOv2 and YOLO9000: parse_region in src/parser.c, src/region_layer.c."""

from __future__ import annotations

from dataclasses import dataclass, field

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.anchors import check_box_channels, read_all_anchors
from darkcsp.spec.head import AnchorHead
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.sample import Sample
from darkcsp.spec.spec import Spec, chained
from darkcsp.spec.tree import TreeOption, read_tree


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Region(AnchorHead):
    """A detection head of YOLOv2. Per anchor: x, y, w, h, objectness, classes.

    Objectness is logistic in the output, classes go through a softmax where asked for, w and h stay as they come.
    AlexeyAB's program also sorts the values as its boxes: cell by cell, each cell's anchors, each anchor's values.
    pjreddie's leaves the order, and makes x, y, and without softmax the classes, logistic, too.

    Attributes:
        anchors: (width, height) in cells, one for each box of a cell.
        sorted_by_cell: whether the output is sorted as the boxes are (AlexeyAB's program).
        logistic_xy: whether x and y are logistic in the output (pjreddie's program); boxes have them so in any case.
        logistic_classes: whether classes that do not exclude each other are logistic (pjreddie's program).
        coords: numbers before objectness; those behind the fourth are mask coefficients (pjreddie's program).
        softmax: whether the classes exclude each other.
        background: whether objectness is one more class of the softmax (pjreddie's program); boxes then have
            objectness 1.
        tree: the tree of classes, or None; it takes the place of `softmax`.
        drops_doubtful: whether classes of boxes with an objectness below 0.5 count as 0 (classfix=-1, AlexeyAB's
            program).
    """

    sections = ("region",)
    sample = Sample(options="classes=1\n")
    option_notes = {
        "classfix": "-1 makes the classes of boxes with an objectness below 0.5 count as 0",
    }
    training_options = frozenset(
        "bias_match rescore jitter resize random object_scale noobject_scale class_scale coord_scale mask_scale "
        "absolute thresh max focal_loss log sqrt map".split()
    )

    sorted_by_cell: bool
    logistic_xy: bool
    logistic_classes: bool
    coords: int
    softmax: bool
    background: bool
    tree: TreeOption | None = field(repr=False)
    drops_doubtful: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [region] section."""
        in_pjreddies = at.program.author == "pjreddie"
        classes = options.integer("classes", 20, least=1)
        softmax = options.flag("softmax")
        spec = cls(
            **chained(at),
            classes=classes,
            anchors=read_all_anchors(options),
            sorted_by_cell=not in_pjreddies,
            logistic_xy=in_pjreddies,
            logistic_classes=in_pjreddies and not softmax,
            coords=options.integer("coords", 4, least=4),
            softmax=softmax,
            background=in_pjreddies and options.flag("background"),
            tree=read_tree(options, classes),
            drops_doubtful=options.integer("classfix", 0) == -1 and not in_pjreddies,
        )
        if spec.coords != 4 and not in_pjreddies:
            raise GraphError(
                options.place_of("coords"),
                f"coords={spec.coords}: AlexeyAB's Darknet reads boxes of 4 numbers; expected coords=4",
            )
        if spec.tree and in_pjreddies:
            raise options.error("tree", "pjreddie's CPU program divides by a temperature that it leaves 0")
        check_box_channels(spec.input, len(spec.anchors), spec.values, options)
        return spec

    @property
    def values(self) -> int:
        """Numbers for each box: coords, objectness, classes."""
        return self.coords + 1 + self.classes

    @property
    def has_tree(self) -> bool:
        """As the option says, be its file found or not."""
        return self.tree is not None

    @property
    def lacks_file(self) -> bool:
        """Whether there is a tree of classes whose file was not found."""
        return self.tree is not None and self.tree.tree is None

    @property
    def compares_objectness(self) -> bool:
        """Only with a tree: a class of it counts without objectness (get_region_boxes)."""
        return self.has_tree

    @property
    def bounded_by_objectness(self) -> bool:
        """Unless the classes are taken as they come."""
        return self.softmax or self.has_tree or self.logistic_classes

    @property
    def opencv4_name(self) -> str:
        """What ended a network of YOLOv2 there."""
        return "detection_out"

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
