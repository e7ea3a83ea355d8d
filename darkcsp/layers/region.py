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

    In the output, objectness is logistic, classes have a softmax if the option is set, and w and h are raw. AlexeyAB's
    program also sorts the values like its boxes: by cell, then by anchor, then by value. pjreddie's program keeps the
    order, and also applies the logistic function to x and y and, without softmax, to the classes.

    Attributes:
        anchors: (width, height) in cells, one for each box of a cell.
        sorted_by_cell: whether the output is sorted like the boxes (AlexeyAB's program).
        logistic_xy: whether x and y are logistic in the output (pjreddie's program); in boxes they always are.
        logistic_classes: whether classes that are not mutually exclusive are logistic (pjreddie's program).
        coords: number of values before objectness; those after the fourth are mask coefficients (pjreddie's program).
        softmax: whether the classes are mutually exclusive.
        background: whether objectness is an additional class of the softmax (pjreddie's program); boxes then have
            objectness 1.
        tree: the class tree, or None; it replaces `softmax`.
        drops_doubtful: whether classes of boxes with an objectness below 0.5 count as 0 (classfix=-1, AlexeyAB's
            program).
    """

    sections = ("region",)
    sample = Sample(options="classes=1\n")
    option_notes = {
        "classfix": "-1 sets the classes of boxes with an objectness below 0.5 to 0",
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
                f"coords={spec.coords}: AlexeyAB's Darknet reads boxes of 4 values; expected coords=4",
            )
        if spec.tree and in_pjreddies:
            raise options.error("tree", "pjreddie's CPU program divides by a temperature of 0, which it never sets")
        check_box_channels(spec.input, len(spec.anchors), spec.values, options)
        return spec

    @property
    def values(self) -> int:
        """Number of values per box: coords, objectness, classes."""
        return self.coords + 1 + self.classes

    @property
    def has_tree(self) -> bool:
        """Whether the option is set, even if its file was not found."""
        return self.tree is not None

    @property
    def lacks_file(self) -> bool:
        """Whether there is a class tree whose file was not found."""
        return self.tree is not None and self.tree.tree is None

    @property
    def compares_objectness(self) -> bool:
        """Only with a tree, whose class scores do not include objectness (get_region_boxes)."""
        return self.has_tree

    @property
    def bounded_by_objectness(self) -> bool:
        """Whether the classes are probabilities rather than raw values."""
        return self.softmax or self.has_tree or self.logistic_classes

    @property
    def opencv4_name(self) -> str:
        """The name of the last layer of YOLOv2 networks there."""
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
