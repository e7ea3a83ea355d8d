"""The reference dense backbones (CSPDenseNet and CSPPeleeNet Reference, and their b variants).

They are reconstructed from the printed parameters and BFLOPs of the backbones and of the detectors built on them.
"""

from __future__ import annotations

from collections.abc import Sequence

from darkcsp.zoo.blocks import Block, Pyramid, dense_layer, repeat, two_way_dense_layer
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.csp import Split, csp_stage
from darkcsp.zoo.entry import Family
from darkcsp.zoo.forms import classifier, fitted_detector
from darkcsp.zoo.heads.fusion import EFM_SAM
from darkcsp.zoo.heads.prn import PRN, PRN_3L
from darkcsp.zoo.parts import BackboneChoice

INPUTS = (32, 128, 256, 512)
"""Input channels of the four stages."""


def csp_densenet_reference(net: Composer) -> Pyramid:
    """CSPDenseNet Reference: ends with a 3x3 convolution."""
    return _stages(net, _plain_stages(), tail=3)


def csp_densenetb_reference(net: Composer) -> Pyramid:
    """CSPDenseNetb Reference: ends with a 1x1 convolution."""
    return _stages(net, _plain_stages(), tail=1)


def csp_peleenet_reference(net: Composer) -> Pyramid:
    """CSPPeleeNet Reference: two-way dense layers; ends with a 3x3 convolution."""
    return _stages(net, _two_way_stages(), tail=3)


def csp_peleenetb_reference(net: Composer) -> Pyramid:
    """CSPPeleeNetb Reference: two-way dense layers; ends with a 1x1 convolution."""
    return _stages(net, _two_way_stages(), tail=1)


def _stages(net: Composer, stages: Sequence[Block], tail: int) -> Pyramid:
    """Four stages at strides 4 to 32 with pooling in between, and a last convolution."""
    x = _stem(net)
    features = []
    for stage in stages:
        features.append(stage(net, x))
        if stage is not stages[-1]:
            x = net.maxpool(2, 2)
    return Pyramid(features[1], features[2], net.conv(512, tail))


def _stem(net: Composer) -> Feature:
    net.conv(16, 3)
    net.maxpool(2, 2)
    net.conv(32, 3)
    return net.maxpool(2, 2)


def _plain_stages() -> list[Block]:
    """Four dense layers of one 3x3 convolution each; half of the channels bypasses them as a slice.

    The last stage ends with its concatenation.
    """
    block = repeat(dense_layer(growth=16), 4)
    halves = [channels // 2 for channels in INPUTS]
    first = [
        csp_stage(block, split=Split(half, half, sliced=True), transition=half, output=output)
        for half, output in zip(halves, INPUTS[1:], strict=False)
    ]
    last = csp_stage(block, split=Split(256, 256, sliced=True), fusion="last", transition=256)
    return [*first, last]


def _two_way_stages() -> list[Block]:
    """Three, two, three and three of PeleeNet's layers; a convolution to half the channels bypasses them."""
    layer = two_way_dense_layer(growth=32, bottleneck=16)
    return [
        csp_stage(repeat(layer, layers), split=Split(channels // 2, channels // 2), output=output)
        for channels, layers, output in zip(INPUTS, (3, 2, 3, 3), (128, 256, 512, 512), strict=True)
    ]


FITTED = "Fitted: stem, widths and depths of the stages. Well supported: the input size and the last convolution."
MISPRINT = (
    "The printed 0.886 is very probably a misprint of 0.836. That is 0.205 above CSPDenseNetb Ref., the difference "
    "between a 3x3 and a 1x1 last convolution, and it is what the printed detector leaves for this backbone."
)

CLASSIFIERS = (
    classifier("cspdensenet-ref", "CSPDenseNet Reference", csp_densenet_reference, "open", f"{FITTED} {MISPRINT}"),
    classifier("cspdensenetb-ref", "CSPDenseNetb Reference", csp_densenetb_reference, "fit", FITTED),
    classifier("csppeleenet-ref", "CSPPeleeNet Reference", csp_peleenet_reference, "fit", FITTED),
    classifier("csppeleenetb-ref", "CSPPeleeNetb Reference", csp_peleenetb_reference, "fit", FITTED),
)

DETECTORS = tuple(
    fitted_detector(name, title, backbone, FITTED, head, 320)
    for name, title, backbone, heads in (
        ("csppeleenet-ref", "CSPPeleeNet Ref.", csp_peleenet_reference, (PRN, PRN_3L, EFM_SAM)),
        ("cspdensenet-ref", "CSPDenseNet Ref.", csp_densenet_reference, (PRN, EFM_SAM)),
        ("cspdensenetb-ref", "CSPDenseNetb Ref.", csp_densenetb_reference, (PRN,)),
    )
    for head in heads
)

FAMILY = Family(
    (*CLASSIFIERS, *DETECTORS),
    backbones={
        "csppeleenet-ref": BackboneChoice(csp_peleenet_reference),
        "csppeleenetb-ref": BackboneChoice(csp_peleenetb_reference),
        "cspdensenet-ref": BackboneChoice(csp_densenet_reference),
        "cspdensenetb-ref": BackboneChoice(csp_densenetb_reference),
    },
)
