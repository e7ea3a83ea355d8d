"""PANet with spatial pyramid pooling, the neck of the authors' large detectors."""

from __future__ import annotations

from functools import partial

from darkcsp.zoo.blocks import Pyramid, alternate, spatial_pyramid
from darkcsp.zoo.boxes import Boxes
from darkcsp.zoo.composer import Composer
from darkcsp.zoo.parts import HeadChoice


def panet_spp(net: Composer, features: Pyramid, boxes: Boxes, *, sam: bool = False) -> None:
    """PANet with SPP: from coarse to fine, and back again with a head at each scale.

    `sam` adds spatial attention before each head.
    """
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


HEADS = (
    HeadChoice("panet-spp", "PANet-SPP", panet_spp),
    HeadChoice("panet-spp-sam", "PANet-SPP(SAM)", partial(panet_spp, sam=True)),
)
