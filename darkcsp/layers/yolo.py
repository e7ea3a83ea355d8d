"""[yolo]: parse_yolo in src/parser.c, src/yolo_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.anchors import Anchor, check_box_channels, read_anchors
from darkcsp.spec.head import AnchorHead
from darkcsp.spec.position import Position
from darkcsp.spec.program import WONGKINYIUS
from darkcsp.spec.registry import layer, reads
from darkcsp.spec.sample import Sample
from darkcsp.spec.spec import Spec, chained
from darkcsp.spec.yolo_head import YoloHead, read_pytorch_stride


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Yolo(YoloHead):
    """A detection head of YOLOv3 and later. The output holds, per anchor: x, y, w, h, objectness, classes.

    The logistic function is already applied to x, y, objectness and classes (x, y are then scaled about 0.5 by
    `scale_x_y`), while w and h are raw. With `new_coords` only the scaling of x and y is applied.

    Attributes:
        new_coords: whether the values of the convolution above are used directly (boxes are then (2w)^2, (2h)^2 times
            the anchors).
    """

    sections = ("yolo",)
    sample = Sample(options="classes=1\n")
    fork_options = frozenset(["scale_x_y", "new_coords", "nms_kind", "beta_nms"])

    new_coords: bool

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [yolo] section."""
        classes = options.integer("classes", 20, least=0)
        spec = cls(
            **chained(at),
            classes=classes,
            anchors=read_anchors(options),
            scale_x_y=options.number("scale_x_y", 1),
            new_coords=options.flag("new_coords"),
            nms_kind=options.text("nms_kind", "default"),
            beta_nms=options.number("beta_nms", 0.6),
        )
        check_box_channels(spec.input, len(spec.anchors), 5 + classes, options)
        return spec

    @property
    def bounded_by_objectness(self) -> bool:
        """False with `new_coords`, because nothing limits the convolution's values to 1."""
        return not self.new_coords

    @property
    def constants(self) -> int:
        """The position of each cell."""
        return 2 * self.input.h * self.input.w

    @property
    def metadata(self) -> dict[str, object]:
        """Anchors and how to decode them."""
        return {"anchors": self.anchors, "scale_x_y": self.scale_x_y, "new_coords": self.new_coords}


NEWER_LIMITS, OLDER_LIMITS = (0.4, 0.5), (0.3, 0.6)
"""(confidence, IoU) thresholds in detect.py of WongKinYiu's newer programs, and of the older one."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class YoloPixels(AnchorHead):
    """A detection head of WongKinYiu's programs, whose output is its input.

    Boxes are in pixels of the network's input. With s as the logistic function of a value, the centre is `stride` times
    the cell's position plus s, scaled about the cell's centre by `stretch`; width and height are the anchor's times
    (2 s)^2, or in the older program times e to the power of the value itself.

    Attributes:
        stride: pixels per cell, which depends on the head's position in the cfg and not on the network's size.
        stretch: factor that scales x and y about the cell's centre.
        squared: whether sizes are (2 s)^2 times the anchors.
        limits: default (confidence, IoU) thresholds.
    """

    sections = ("yolo",)
    authors = WONGKINYIUS

    stride: int
    stretch: float
    squared: bool
    limits: tuple[float, float] = NEWER_LIMITS

    @classmethod
    def read(cls, options: Options, at: Position) -> YoloPixels:
        """Read a [yolo] section."""
        return read_for_pytorch(options, at)

    @property
    def hands_on(self) -> bool:
        """Always True."""
        return True

    @property
    def nms(self) -> tuple[str, float]:
        """NMS of all classes at once, with boxes offset by class; the second number is not used."""
        return ("wongkinyiu", 0.0)

    @property
    def compares_objectness(self) -> bool:
        """Always True."""
        return True

    @property
    def constants(self) -> int:
        """The position of each cell."""
        return 2 * self.input.h * self.input.w

    @property
    def metadata(self) -> dict[str, object]:
        """Anchors and how to decode them."""
        return {"anchors": self.anchors, "stride": self.stride, "scale_x_y": self.stretch, "squared": self.squared}


@reads(
    YoloPixels,
    "yolo",
    ignored="num jitter ignore_thresh truth_thresh random scale_x_y beta_nms nms_kind iou_loss iou_normalizer "
    "cls_normalizer iou_thresh",
)
def read_for_pytorch(options: Options, at: Position) -> YoloPixels:
    """Read a [yolo] section as WongKinYiu's readers do; they ignore `scale_x_y`, `nms_kind` and `beta_nms`."""
    classes = options.needed_integer("classes", least=1)
    older = at.program.author == "WongKinYiu-u3"
    above = sum(isinstance(spec, YoloPixels) for spec in at.layers)
    spec = YoloPixels(
        **chained(at),
        classes=classes,
        anchors=_read_masked(options),
        stride=read_pytorch_stride(options, above, older),
        stretch=1.0 if older else 2.0,
        squared=not older,
        limits=OLDER_LIMITS if older else NEWER_LIMITS,
    )
    check_box_channels(spec.input, len(spec.anchors), 5 + classes, options)
    cells = tuple(-(-length // spec.stride) for length in at.network_input[1:])
    if cells != (spec.input.h, spec.input.w):
        options.notice_section(
            f"has {spec.input.w}x{spec.input.h} cells, which do not match the stride of {spec.stride} pixels that "
            "WongKinYiu's reader uses, based on the number of heads above and the cfg's name"
        )
    return spec


@reads(YoloPixels, "jde", authors=("WongKinYiu",))
def refuse_jde(options: Options, at: Position) -> YoloPixels:
    """Reject a [jde] section, which no published cfg has."""
    raise GraphError(at.place, "is not supported: no published cfg has it")


def _read_masked(options: Options) -> tuple[Anchor, ...]:
    """Read anchors and mask, which are both required; return the (width, height) of each box of a cell."""
    for key in ("anchors", "mask"):
        if not options.has(key):
            raise options.error(key, "is missing; there is no default")
    numbers = options.numbers("anchors")
    if len(numbers) % 2:
        raise options.error("anchors", f"has {len(numbers)} numbers; expected pairs of width and height")
    anchors = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    for index in options.integers("mask"):
        if not 0 <= index < len(anchors):
            raise options.error("mask", f"{index} is out of range: there are anchors 0 to {len(anchors) - 1}")
    return tuple(anchors[index] for index in options.integers("mask"))
