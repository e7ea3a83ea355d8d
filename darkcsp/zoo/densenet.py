"""The reference dense backbones (CSPDenseNet Reference and its b form), reconstructed from their printed figures."""

from __future__ import annotations

from darkcsp.zoo.blocks import Pyramid, dense_layer, repeat
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.csp import Split, csp_stage

GROWTH = 16
LAYERS = 4
WIDTHS = (128, 256, 512)
"""Channels behind the first three stages; the fourth keeps the third's."""


def csp_densenet_reference(net: Composer) -> Pyramid:
    """CSPDenseNet Reference: ends with a 3x3 convolution."""
    return _stages(net, tail=3)


def csp_densenetb_reference(net: Composer) -> Pyramid:
    """CSPDenseNetb Reference: ends with a 1x1 convolution."""
    return _stages(net, tail=1)


def _stages(net: Composer, tail: int) -> Pyramid:
    """Four dense stages at strides 4 to 32; half of each one's channels, by slice, bypasses it."""
    x = _stem(net)
    features = []
    for width in WIDTHS:
        features.append(_stage(net, x, width))
        x = net.maxpool(2, 2)
    _stage(net, x, None)
    return Pyramid(features[1], features[2], net.conv(512, tail))


def _stem(net: Composer) -> Feature:
    net.conv(16, 3)
    net.maxpool(2, 2)
    net.conv(32, 3)
    return net.maxpool(2, 2)


def _stage(net: Composer, x: Feature, width: int | None) -> Feature:
    """A stage that ends with a transition to `width`, or with its concatenation."""
    block = repeat(dense_layer(GROWTH), LAYERS)
    half = x.channels // 2
    return csp_stage(
        block,
        split=Split(half, half, sliced=True),
        fusion="last" if width is None else "both",
        transition=half,
        output=width,
    )(net, x)
