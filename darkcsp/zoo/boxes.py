"""Anchors, classes and options that the `[yolo]` sections of a detector share, and those of the published models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from darkcsp.cfg.writer import Value
from darkcsp.zoo.composer import Composer, Feature

Anchors = tuple[tuple[int, int], ...]

COCO_ANCHORS: Anchors = ((10, 13), (16, 30), (33, 23), (30, 61), (62, 45), (59, 119), (116, 90), (156, 198), (373, 326))
"""YOLOv3's nine anchors in pixels, for a 416 x 416 input, from small to large."""

TINY_ANCHORS: Anchors = ((10, 14), (23, 27), (37, 58), (81, 82), (135, 169), (344, 319))
"""YOLOv3-tiny's six anchors."""

YOLO_OPTIONS: dict[str, Value] = {"jitter": 0.3, "ignore_thresh": 0.7, "truth_thresh": 1, "random": 1}


@dataclass(frozen=True)
class Boxes:
    """The settings that all [yolo] sections of a detector share.

    Attributes:
        classes: number of classes.
        anchors: (width, height) in pixels of the network's input.
        options: further options of every [yolo] section.
        stretch: stride -> `scale_x_y`; other strides have no such option.
    """

    classes: int = 80
    anchors: Anchors = COCO_ANCHORS
    options: Mapping[str, Value] = field(default_factory=dict)
    stretch: Mapping[int, float] = field(default_factory=dict)

    def scaled(self, size: int) -> Boxes:
        """Scale the anchors for an input of `size` instead of 416 pixels."""
        anchors = tuple((max(round(w * size / 416), 1), max(round(h * size / 416), 1)) for w, h in self.anchors)
        return replace(self, anchors=anchors)

    def detect(self, net: Composer, mask: Sequence[int], *, sam: bool = False) -> Feature:
        """Add the convolution that gives box values, and the head that reads them, for the anchors in `mask`.

        `sam` adds YOLOv4's spatial attention before them: the feature times the sigmoid of its 1x1 convolution.
        """
        if sam:
            feature = net.last
            net.conv(feature.channels, activation="logistic")
            net.sam(feature)
        net.conv(len(mask) * (5 + self.classes), normalize=False, activation="linear")
        stretch = self.stretch.get(net.last.stride)
        return net.yolo(
            {
                "mask": tuple(mask),
                "anchors": tuple(side for anchor in self.anchors for side in anchor),
                "classes": self.classes,
                "num": len(self.anchors),
                **YOLO_OPTIONS,
                **({} if stretch is None else {"scale_x_y": stretch}),
                **self.options,
            }
        )


COCO = Boxes()
"""YOLOv3's nine anchors for COCO's 80 classes."""

TINY = Boxes(anchors=TINY_ANCHORS)
"""YOLOv3-tiny's six anchors for COCO's 80 classes."""

STRETCH = {8: 1.2, 16: 1.1, 32: 1.05}
"""`scale_x_y` of the authors' later detectors, by stride."""

GIOU = Boxes(options={"iou_normalizer": 0.5, "iou_loss": "giou"}, stretch=STRETCH)
"""The authors' detector trained with the GIoU loss."""

OPTIMAL = Boxes(
    anchors=((12, 16), (19, 36), (40, 28), (36, 75), (76, 55), (72, 146), (142, 110), (192, 243), (459, 401)),
    options={
        "iou_thresh": 0.213,
        "cls_normalizer": 1,
        "iou_normalizer": 0.07,
        "uc_normalizer": 0.07,
        "iou_loss": "ciou",
        "nms_kind": "greedynms",
        "beta_nms": 0.6,
    },
    stretch=STRETCH,
)
"""The authors' best detector: CIoU loss, anchors for 512 x 512, greedy NMS."""
