"""The CSPPeleeNets of the documents: reconstructions that meet the printed figures, not the authors' cfgs.

gamma is the share of a stage's input that bypasses its dense block.
"""

from __future__ import annotations

from darkcsp.zoo.blocks import Pyramid
from darkcsp.zoo.composer import Composer
from darkcsp.zoo.csp import Split, channel_slice, partial_block
from darkcsp.zoo.peleenet import STAGES, dense_stage, stem


def csp_peleenet(net: Composer, gamma: float = 0.5, *, squeeze: int | None = None) -> Pyramid:
    """CSPPeleeNet: stages 2 to 4 as in figure 3 (b), parted by two convolutions behind the pooling.

    Those convolutions are the second transition of the stage above. The first stage, whose input has 32 channels, is
    the part that was fitted: its dense block reads all of them, and both transitions stand before the pooling.
    """
    x = stem(net)
    dense_stage(STAGES[0], squeeze=squeeze)(net, x)
    narrow = net.conv(32)
    net.route(narrow, channel_slice(net, x, 0, round(gamma * 32)))
    net.conv(128)
    features = []
    for stage in STAGES[1:]:
        x = net.maxpool(2, 2)
        split = Split.by_share(gamma, x.channels)
        features.append(partial_block(dense_stage(stage, squeeze=squeeze), split=split)(net, x))
    return Pyramid(features[0], features[1], net.conv(STAGES[-1].width))


def fusion_first(net: Composer, gamma: float) -> Pyramid:
    """CSP (fusion first): the transition's part for the dense block stands before the pooling, the bypass behind it."""
    x = stem(net)
    joined = dense_stage(STAGES[0])(net, x)
    features = []
    for stage in STAGES[1:]:
        split = Split.by_share(gamma, joined.channels)
        net.conv(split.inner, source=joined)
        inner = net.maxpool(2, 2)
        net.maxpool(2, 2, joined)
        bypass = net.conv(split.bypass)
        joined = net.route(dense_stage(stage)(net, inner), bypass)
        features.append(joined)
    return Pyramid(*features)


def fusion_last(net: Composer, gamma: float) -> Pyramid:
    """CSP (fusion last): the dense block reads a slice; the bypass is a convolution, in the first stage a slice."""
    x = stem(net)
    features = []
    for stage in STAGES:
        split = Split.by_share(gamma, x.channels)
        bypass = channel_slice(net, x, 0, split.bypass) if stage is STAGES[0] else net.conv(split.bypass, source=x)
        dense = dense_stage(stage)(net, channel_slice(net, x, split.bypass, x.channels))
        features.append(net.route(net.conv(dense.channels, source=dense), bypass))
        x = net.last if stage is STAGES[-1] else net.maxpool(2, 2)
    return Pyramid(*features[1:])
