"""[Gaussian_yolo], the head of Gaussian YOLOv3: parse_gaussian_yolo in src/parser.c, src/gaussian_yolo_layer.c.

Choi et al., "Gaussian YOLOv3: An Accurate and Fast Object Detector Using Localization Uncertainty for Autonomous
Driving", ICCV 2019.
"""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.anchors import check_box_channels, read_anchors
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.sample import CONVOLUTION, Sample
from darkcsp.spec.spec import Spec, chained
from darkcsp.spec.yolo_head import YoloHead

POINTS = {"left_top": 0.5, "right_bottom": -0.5}
"""`yolo_point` -> offset of a box's centre from the point (x, y), in widths and heights of the box."""


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GaussianYolo(YoloHead):
    """A detection head that also predicts the uncertainty of its boxes.

    Per anchor: x, its deviation, y, its deviation, w, its deviation, h, its deviation, objectness, classes. In the
    output the logistic function is applied to all but w and h (x, y are then scaled about 0.5 by `scale_x_y`).

    Attributes:
        to_centre: offset of a box's centre from (x, y), in widths and heights of the box: 0, or as in `POINTS`.
    """

    sections = ("Gaussian_yolo",)
    option_notes = {
        "yolo_point": "the point of the box at x and y: center, left_top or right_bottom",
    }
    sample = Sample(CONVOLUTION.replace("filters=6", "filters=10"), "classes=1\n")
    authors = ("AlexeyAB",)

    to_centre: float

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [Gaussian_yolo] section."""
        classes = options.integer("classes", 20, least=1)
        spec = cls(
            **chained(at),
            classes=classes,
            anchors=read_anchors(options),
            scale_x_y=options.number("scale_x_y", 1),
            to_centre=POINTS.get(options.text("yolo_point", "center"), 0.0),
            nms_kind=options.text("nms_kind", "default"),
            beta_nms=options.number("beta_nms", 0.6),
        )
        check_box_channels(spec.input, len(spec.anchors), 9 + classes, options)
        return spec

    @property
    def type(self) -> str:
        """Its name in Darknet's program and in file names; only the section name has a capital."""
        return "gaussian_yolo"

    @property
    def metadata(self) -> dict[str, object]:
        """Anchors and how to decode them."""
        return {"anchors": self.anchors, "scale_x_y": self.scale_x_y, "to_centre": self.to_centre}
