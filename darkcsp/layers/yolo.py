"""[yolo]: parse_yolo in src/parser.c, src/yolo_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError
from darkcsp.spec.head import Anchor, AnchorHead
from darkcsp.spec.spec import Position, Shape, Spec, chained, layer

YOLO_TRAINING = frozenset(
    "max max_delta counters_per_class label_smooth_eps objectness_smooth iou_normalizer obj_normalizer "
    "cls_normalizer delta_normalizer iou_loss iou_thresh_kind jitter resize focal_loss ignore_thresh truth_thresh "
    "iou_thresh random show_details track_history_size sim_thresh dets_for_track dets_for_show track_ciou_norm "
    "embedding_layer map uc_normalizer".split()
)


@dataclass(frozen=True, kw_only=True)
class YoloHead(AnchorHead):
    """What [yolo] and [Gaussian_yolo] share.

    Attributes:
        anchors: (width, height) in pixels of the network's input, one for each box of a cell, `mask` applied.
        scale_x_y: stretch of x and y about the cell's centre.
        nms_kind: "default", "greedynms" or "diounms"; [Gaussian_yolo] knows "cornersnms" besides.
        beta_nms: exponent base of diounms.
    """

    scale_x_y: float
    nms_kind: str
    beta_nms: float

    @property
    def nms(self) -> tuple[str, float]:
        """As the options say."""
        return (self.nms_kind, self.beta_nms)


@layer
@dataclass(frozen=True, kw_only=True)
class Yolo(YoloHead):
    """A detection head of YOLOv3 and later. The output holds, per anchor: x, y, w, h, objectness, classes.

    x, y, objectness and classes are logistic already (x, y scaled about 0.5 by `scale_x_y`), w and h raw; with
    `new_coords` everything is taken as it comes, but for that scaling of x and y.

    Attributes:
        new_coords: whether the convolution above gives the values (boxes are then (2w)^2, (2h)^2 anchors).
    """

    sections = ("yolo",)
    training_options = YOLO_TRAINING
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
        check_channels(spec.input, len(spec.anchors), 5 + classes, options)
        return spec

    @property
    def metadata(self) -> dict[str, object]:
        """Anchors and how to decode them."""
        return {"anchors": self.anchors, "scale_x_y": self.scale_x_y, "new_coords": self.new_coords}


def read_anchors(options: Options) -> tuple[Anchor, ...]:
    """Read num, anchors and mask: the (width, height) of each box of a cell, in order.

    A mask beyond `num` makes Darknet read foreign memory; the list's own anchor is taken where it has one. Raises
    OptionError where it has none.
    """
    anchors = read_all_anchors(options)
    total = len(anchors)
    mask = options.integers("mask") or tuple(range(total))
    if max(mask) >= total:
        values = options.numbers("anchors")
        anchors = tuple(zip(values[::2], values[1::2], strict=False))
        options.notice("mask", f"is beyond num={total}; Darknet reads foreign memory, darkcsp the list in anchors")
    for index in mask:
        if not 0 <= index < len(anchors):
            raise options.error("mask", f"has {index}, but there are anchors 0 to {len(anchors) - 1}")
    return tuple(anchors[index] for index in mask)


def read_all_anchors(options: Options) -> tuple[Anchor, ...]:
    """Read num and anchors: `num` pairs (width, height). Missing numbers are 0.5, as Darknet initialises them."""
    total = options.integer("num", 1, least=1)
    values = list(options.numbers("anchors"))[: 2 * total]
    values += [0.5] * (2 * total - len(values))
    return tuple(zip(values[::2], values[1::2], strict=True))


def check_channels(shape: Shape, boxes: int, values: int, options: Options) -> None:
    """Raise GraphError unless the layer above gives `boxes` x `values` channels."""
    if shape.c != boxes * values:
        raise GraphError(
            options.place,
            f"{boxes} boxes of {values} values need {boxes * values} channels, the layer above gives {shape.c}; "
            f"set filters={boxes * values} there",
        )
