"""Heads that fuse a whole pyramid: CEM (ThunderNet, ICCV 2019), GFM and EFM (CSPNet paper, section 3.2, figure 6).

The paper gives no widths. The widths here were fitted to the printed BFLOPs and parameters (CEM, GFM, EFM) and to
figure 7 (EFM: no layer costs more than 0.2 BFLOPs at 416 x 416). Other widths match the figures too.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from darkcsp.zoo.blocks import Pyramid, spatial_pyramid
from darkcsp.zoo.boxes import TINY, Boxes
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.parts import HeadChoice

MASKS = ((6, 7, 8), (3, 4, 5), (0, 1, 2))
"""Anchors of the heads at strides 32, 16 and 8."""

Extra = Literal["plain", "sam", "spp"]
"""EFM's extra: nothing, spatial attention before each head, or spatial pyramid pooling at stride 32."""


def cem(net: Composer, features: Pyramid, boxes: Boxes, *, sam: bool = False) -> None:
    """Context enhancement: sums strides 16 and 32 and the picture's average. Heads are at strides 32 and 16.

    The average is spread by an [upsample] as large as the feature map, so the cfg works only at its own input size.
    """
    middle = net.conv(256, source=features.c4)
    coarse = net.conv(256, source=features.c5)
    net.avgpool(features.c5)
    context = net.spread(net.conv(256), middle)
    net.upsample(2, coarse)
    fused = net.shortcut(middle, context)
    net.conv(256, 3, source=coarse)
    boxes.detect(net, (3, 4, 5), sam=sam)
    net.conv(128, source=fused)
    net.conv(256, 3)
    boxes.detect(net, (1, 2, 3), sam=sam)


def gfm(net: Composer, features: Pyramid, boxes: Boxes) -> None:
    """Global fusion: every scale sees all three scales, compressed by a maximum over channels."""
    laterals = [
        net.conv(width, source=feature)
        for width, feature in ((384, features.c5), (128, features.c4), (128, features.c3))
    ]
    for scale, pooled, filters, mask in zip(laterals, (64, 64, 128), (256, 128, 128), MASKS, strict=True):
        net.route(*(_resample(net, lateral, scale.stride) for lateral in laterals))
        net.maxout(pooled)
        net.conv(filters, 3)
        boxes.detect(net, mask)


def efm(net: Composer, features: Pyramid, boxes: Boxes, *, extra: Extra = "plain") -> None:
    """Exact fusion: every scale sees itself and its neighbours, compressed by a maximum over channels."""
    coarse, middle, fine = _laterals(net, features, spp=extra == "spp")

    below = net.conv(256, 3, 2, source=middle)
    net.route(coarse, below)
    net.maxout(128)
    net.conv(256, 3)
    boxes.detect(net, MASKS[0], sam=extra == "sam")

    net.upsample(2, coarse)
    above = net.conv(256)
    below = net.conv(128, 3, 2, source=fine)
    net.route(above, middle, below)
    net.maxout(64)
    net.conv(256, 3)
    boxes.detect(net, MASKS[1], sam=extra == "sam")

    net.upsample(2, middle)
    above = net.conv(64)
    net.route(above, fine)
    net.maxout(16)
    net.conv(128, 3)
    boxes.detect(net, MASKS[2], sam=extra == "sam")


def _laterals(net: Composer, features: Pyramid, *, spp: bool) -> tuple[Feature, Feature, Feature]:
    """1x1 convolutions of the pyramid to 512, 256 and 128 channels."""
    if spp:
        spatial_pyramid(net, net.conv(384, source=features.c5))
        coarse = net.maxout(512)
    else:
        coarse = net.conv(512, source=features.c5)
    return coarse, net.conv(256, source=features.c4), net.conv(128, source=features.c3)


def _resample(net: Composer, x: Feature, stride: int) -> Feature:
    """x at another stride: max pooling to a larger stride, upsampling to a smaller one."""
    if x.stride < stride:
        ratio = stride // x.stride
        return net.maxpool(ratio, ratio, x)
    return net.upsample(x.stride // stride, x) if x.stride > stride else x


CEM_NOTE = "Fitted: the widths of the head. The cfg works only at its own input size."
EFM_NOTE = "Fitted: all widths of the head, to BFLOPs and parameters on three backbones and to figure 7."

CEM = HeadChoice("cem", "CEM", cem, TINY, CEM_NOTE)
CEM_SAM = HeadChoice("cem-sam", "CEM (SAM)", partial(cem, sam=True), TINY, CEM_NOTE)
GFM = HeadChoice("gfm", "GFM", gfm, note="Fitted: the widths of the head.")
EFM = HeadChoice("efm", "EFM", efm, note=EFM_NOTE)
EFM_SAM = HeadChoice(
    "efm-sam",
    "EFM (SAM)",
    partial(efm, extra="sam"),
    note=f"{EFM_NOTE} Attention is YOLOv4's (1x1 convolution, sigmoid, product); it adds 0.199 BFLOPs, while the "
    "tables say 0.200.",
)
EFM_SPP = HeadChoice(
    "efm-spp",
    "EFM (SPP)",
    partial(efm, extra="spp"),
    note=f"{EFM_NOTE} The pyramid pooling is on the lateral feature at stride 32, which is narrower in return.",
)
HEADS = (CEM, CEM_SAM, GFM, EFM, EFM_SAM, EFM_SPP)
