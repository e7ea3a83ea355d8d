"""Detection heads of YOLOv3's kind: what is written before each [yolo], and its neck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from darkcsp.cfg.writer import Value
from darkcsp.zoo.blocks import Pyramid
from darkcsp.zoo.composer import Composer, Feature

Anchors = tuple[tuple[int, int], ...]

COCO_ANCHORS: Anchors = ((10, 13), (16, 30), (33, 23), (30, 61), (62, 45), (59, 119), (116, 90), (156, 198), (373, 326))
"""YOLOv3's nine anchors, in pixels of a 416 x 416 input, from small to large."""

TINY_ANCHORS: Anchors = ((10, 14), (23, 27), (37, 58), (81, 82), (135, 169), (344, 319))
"""YOLOv3-tiny's six anchors."""

TRAINING: dict[str, Value] = {"jitter": 0.3, "ignore_thresh": 0.7, "truth_thresh": 1, "random": 1}


@dataclass(frozen=True)
class Boxes:
    """What all [yolo] sections of a detector share.

    Attributes:
        classes: number of classes.
        anchors: (width, height) in pixels of the network's input.
        options: further options of every [yolo] section.
        stretch: `scale_x_y` by stride; where it is absent, none is written.
    """

    classes: int = 80
    anchors: Anchors = COCO_ANCHORS
    options: Mapping[str, Value] = field(default_factory=dict)
    stretch: Mapping[int, float] = field(default_factory=dict)

    def scaled(self, size: int) -> Boxes:
        """Anchors for an input of `size` instead of 416 pixels."""
        anchors = tuple((max(round(w * size / 416), 1), max(round(h * size / 416), 1)) for w, h in self.anchors)
        return replace(self, anchors=anchors)

    def detect(self, net: Composer, mask: Sequence[int], *, sam: bool = False) -> Feature:
        """Add the convolution to box values, and the head that reads them, for the anchors of `mask`.

        `sam` puts YOLOv4's spatial attention before them: the feature times a sigmoid of a 1x1 convolution of it.
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
                **TRAINING,
                **({} if stretch is None else {"scale_x_y": stretch}),
                **self.options,
            }
        )


COCO = Boxes()
"""YOLOv3's nine anchors for COCO's 80 classes."""

TINY = Boxes(anchors=TINY_ANCHORS)
"""YOLOv3-tiny's six."""

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
"""The authors' detector at its best: CIoU loss, anchors of 512 x 512, greedy suppression."""


def spatial_pyramid(net: Composer, x: Feature) -> Feature:
    """SPP: x and its maxima over 5x5, 9x9 and 13x13 windows, side by side."""
    pooled = [net.maxpool(size, 1, x) for size in (5, 9, 13)]
    return net.route(*reversed(pooled), x)


def alternate(net: Composer, width: int, count: int) -> Feature:
    """`count` pairs of 1x1 convolutions to `width` and 3x3 to twice that; the last 1x1 is what others read."""
    narrow = net.last
    for _ in range(count):
        narrow = net.conv(width)
        net.conv(2 * width, 3)
    return narrow


def yolov3(net: Composer, features: Pyramid, boxes: Boxes, *, spp: bool = False, lateral: bool = False) -> None:
    """YOLOv3: three scales from coarse to fine. `lateral` puts a 1x1 before each concatenation, as FPN does."""
    net.at(features.c5)
    if spp:
        alternate(net, 512, 1)
        spatial_pyramid(net, net.conv(512))
        narrow = alternate(net, 512, 2)
    else:
        narrow = alternate(net, 512, 3)
    boxes.detect(net, (6, 7, 8))
    for feature, width, mask in ((features.c4, 256, (3, 4, 5)), (features.c3, 128, (0, 1, 2))):
        net.conv(width, source=narrow)
        above = net.upsample()
        if lateral:
            net.route(net.conv(width, source=feature), above)
        else:
            net.route(above, feature)
        narrow = alternate(net, width, 3)
        boxes.detect(net, mask)


def panet_spp(net: Composer, features: Pyramid, boxes: Boxes, *, sam: bool = False) -> None:
    """PANet with SPP: down from coarse to fine, and up again with a head at each scale, behind `sam` if asked."""
    net.at(features.c5)
    alternate(net, 512, 1)
    spatial_pyramid(net, net.conv(512))
    alternate(net, 512, 1)
    levels = [net.conv(512)]
    for feature, width in ((features.c4, 256), (features.c3, 128)):
        net.conv(width, source=levels[-1])
        above = net.upsample()
        net.route(net.conv(width, source=feature), above)
        if width == 256:
            alternate(net, width, 2)
            levels.append(net.conv(width))
    narrow = alternate(net, 128, 3)
    boxes.detect(net, (0, 1, 2), sam=sam)
    for width, mask in ((256, (3, 4, 5)), (512, (6, 7, 8))):
        net.route(net.conv(width, 3, 2, source=narrow), levels.pop())
        narrow = alternate(net, width, 3)
        boxes.detect(net, mask, sam=sam)


def yolov3_tiny(net: Composer, features: Pyramid, boxes: Boxes) -> None:
    """YOLOv3-tiny: two scales. Darknet's cfg gives the finer one anchors 1 to 3."""
    narrow = net.conv(256, source=features.c5)
    net.conv(512, 3)
    boxes.detect(net, (3, 4, 5))
    net.conv(128, source=narrow)
    net.route(net.upsample(), features.c4)
    net.conv(256, 3)
    boxes.detect(net, (1, 2, 3))


def fpn_slim(net: Composer, features: Pyramid, boxes: Boxes) -> None:
    """Two scales of YOLOv3 at PRN's widths: the PRN authors' Pelee-FPN, reconstructed from its printed figures."""
    _slim(net, features, boxes)


def yolov3_slim(net: Composer, features: Pyramid, boxes: Boxes) -> None:
    """The same with one more pair of convolutions at stride 16: the PRN authors' Pelee-YOLOv3, reconstructed."""
    _slim(net, features, boxes, pairs=1)


def _slim(net: Composer, features: Pyramid, boxes: Boxes, *, pairs: int = 0) -> None:
    net.conv(256, source=features.c5)
    deep = net.conv(256, 3)
    boxes.detect(net, (3, 4, 5))
    net.conv(128, source=deep)
    net.route(net.upsample(), features.c4)
    net.conv(128, 3)
    for _ in range(pairs):
        net.conv(128)
        net.conv(128, 3)
    boxes.detect(net, (1, 2, 3))
