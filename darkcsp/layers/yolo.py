"""[yolo]: parse_yolo in src/parser.c, src/yolo_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.anchors import check_box_channels, read_anchors
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.sample import Sample
from darkcsp.spec.spec import Spec, chained
from darkcsp.spec.yolo_head import YoloHead


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
        """Not with `new_coords`, where nothing keeps the convolution's values below 1."""
        return not self.new_coords

    @property
    def metadata(self) -> dict[str, object]:
        """Anchors and how to decode them."""
        return {"anchors": self.anchors, "scale_x_y": self.scale_x_y, "new_coords": self.new_coords}
