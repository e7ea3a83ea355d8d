"""YOLOv3's heads: three scales, optionally with spatial pyramid pooling or lateral convolutions, and the tiny head."""

from __future__ import annotations

from functools import partial

from darkcsp.zoo.blocks import Pyramid, alternate, spatial_pyramid
from darkcsp.zoo.boxes import TINY, Boxes
from darkcsp.zoo.composer import Composer
from darkcsp.zoo.parts import HeadChoice


def yolov3(net: Composer, features: Pyramid, boxes: Boxes, *, spp: bool = False, lateral: bool = False) -> None:
    """YOLOv3: three scales from coarse to fine. `lateral` adds a 1x1 before each concatenation, as in FPN."""
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


def yolov3_tiny(net: Composer, features: Pyramid, boxes: Boxes) -> None:
    """YOLOv3-tiny: two scales. As in Darknet's cfg, the finer one has anchors 1 to 3."""
    narrow = net.conv(256, source=features.c5)
    net.conv(512, 3)
    boxes.detect(net, (3, 4, 5))
    net.conv(128, source=narrow)
    net.route(net.upsample(), features.c4)
    net.conv(256, 3)
    boxes.detect(net, (1, 2, 3))


HEADS = (
    HeadChoice("yolov3", "YOLOv3", yolov3),
    HeadChoice("yolov3-spp", "YOLOv3 (SPP)", partial(yolov3, spp=True)),
    HeadChoice("fpn-spp", "FPN-SPP", partial(yolov3, spp=True, lateral=True)),
    HeadChoice("yolov3-tiny", "YOLOv3-tiny", yolov3_tiny, TINY),
)
