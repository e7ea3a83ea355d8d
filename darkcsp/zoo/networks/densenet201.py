"""DenseNet-201+Elastic (https://github.com/allenai/elastic) and its cross stage partial variant.

Batch norm and ReLU come before each convolution, as separate sections. Darknet has no bilinear upsampling; the values
of the coarse branch are repeated instead, which costs the same.
"""

from __future__ import annotations

from darkcsp.zoo.blocks import Block, Pyramid, repeat
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.csp import channel_slice
from darkcsp.zoo.entry import Entry, Family
from darkcsp.zoo.recipe import Recipe

LAYERS = (10, 20, 40, 30)
GROWTH = 32
BOTTLENECK = 64
COARSEST = 32
"""Stride at which both branches of a layer have the same resolution."""


def densenet201_elastic(net: Composer) -> Pyramid:
    """DenseNet-201+Elastic, up to its classifier."""
    x = _stem(net)
    features = []
    for layers in LAYERS:
        x = repeat(_layer, layers)(net, x)
        features.append(_normalize(net, x))
        if x.stride < COARSEST:
            net.conv(x.channels // 2, activation="linear", normalize=False)
            x = net.local_avgpool(2, 2)
    return Pyramid.of(features)


def csp_densenet201_elastic(net: Composer) -> Pyramid:
    """CSPDenseNet-201+Elastic, a reconstruction: half of each stage's channels bypasses it as a slice."""
    x = _stem(net)
    features = []
    for layers, output in zip(LAYERS, (128, 256, 1024, 1984), strict=True):
        x = _partial_stage(layers, output)(net, x)
        features.append(x)
    return Pyramid(*features[:3])


def _stem(net: Composer) -> Feature:
    net.conv(64, 7, 2, activation="relu")
    return net.maxpool(3, 2)


def _partial_stage(layers: int, output: int) -> Block:
    """Transition of the dense part to as many channels as the stage's input, concatenation, pooling, transition."""

    def stage(net: Composer, x: Feature) -> Feature:
        half = x.channels // 2
        bypass = channel_slice(net, x, 0, half)
        dense = repeat(_layer, layers)(net, channel_slice(net, x, half, x.channels))
        _normalize(net, dense)
        joined = net.route(net.conv(x.channels, activation="linear", normalize=False), bypass)
        if joined.stride < COARSEST:
            joined = net.local_avgpool(2, 2)
        _normalize(net, joined)
        return net.conv(output, activation="linear", normalize=False)

    return stage


def _layer(net: Composer, x: Feature) -> Feature:
    """x and 32 new channels: the sum of a branch at full and one at half resolution."""
    ready = _normalize(net, x)
    fine = _branch(net, ready)
    if x.stride < COARSEST:
        _branch(net, net.local_avgpool(2, 2, ready))
        net.upsample(2)
    else:
        _branch(net, ready)
    return net.route(x, net.shortcut(fine))


def _branch(net: Composer, x: Feature) -> Feature:
    net.conv(BOTTLENECK, source=x, activation="relu")
    return net.conv(GROWTH, 3, activation="linear", normalize=False)


def _normalize(net: Composer, x: Feature) -> Feature:
    net.batchnorm(x)
    return net.activate("relu")


FAMILY = Family(
    (
        Entry(
            "densenet201-plus-elastic",
            "DenseNet-201+Elastic",
            Recipe(densenet201_elastic, 224),
            "exact",
            "The network of https://github.com/allenai/elastic, except that Darknet repeats values instead of "
            "upsampling bilinearly.",
        ),
        Entry(
            "csdensenet201-plus-elastic",
            "CSPDenseNet-201+Elastic",
            Recipe(csp_densenet201_elastic, 224),
            "fit",
            "Fitted: channels between the stages, and the places and widths of the transitions.",
        ),
    )
)
