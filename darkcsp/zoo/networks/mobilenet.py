"""MobileNet-v2 and its cross stage partial variant. Their activation is relu."""

from __future__ import annotations

from typing import NamedTuple

from darkcsp.zoo.blocks import Block, Pyramid, repeat
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.entry import Entry, Family
from darkcsp.zoo.forms import AUTHORS
from darkcsp.zoo.parts import BackboneBuilder, BackboneChoice
from darkcsp.zoo.recipe import Recipe


class Run(NamedTuple):
    """Inverted residuals of one width: the first changes the width, and `residuals` more follow."""

    width: int
    residuals: int
    stride: int = 1


RUNS = (Run(24, 1, 2), Run(32, 2, 2), Run(64, 3), Run(96, 2, 2), Run(160, 2, 2), Run(320, 0))

PARTIAL_STAGES = (
    (48, (Run(24, 1),)),
    (72, (Run(32, 2), Run(64, 3))),
    (192, (Run(96, 2),)),
    (288, (Run(160, 2), Run(320, 0))),
)
"""Expanded channels, and the runs in the path of part 2."""


def mobilenet_v2(net: Composer) -> Pyramid:
    """MobileNet-v2 up to its last 1x1 convolution; channels expand sixfold."""
    features = [_inverted(32, 16)(net, net.conv(32, 3, 2))]
    features += [_run(net, run, expansion=6, multiplier=1) for run in RUNS]
    return Pyramid.of([*features, net.conv(1280)])


def csp_mobilenet_v2(net: Composer) -> Pyramid:
    """CSPMobileNet-v2: channels expand threefold, depthwise convolutions double them; a copy bypasses each stage."""
    x = net.conv(32, 3, 2)
    bypass = net.conv(16, 3, groups=16)
    _inverted(32, 16)(net, x)
    features = [net.route(net.last, bypass)]
    for expanded, runs in PARTIAL_STAGES:
        x = net.conv(expanded)
        bypass = net.conv(expanded, 3, 2, groups=expanded)
        _project(net, x, runs[0].width, stride=2, multiplier=2)
        repeat(_residual(3, 2), runs[0].residuals)(net, net.last)
        for run in runs[1:]:
            _run(net, run, expansion=3, multiplier=2)
        features.append(net.route(net.last, bypass))
    return Pyramid.of([*features, net.conv(640)])


def _run(net: Composer, run: Run, *, expansion: int, multiplier: int) -> Feature:
    _inverted(expansion * net.last.channels, run.width, run.stride, multiplier)(net, net.last)
    return repeat(_residual(expansion, multiplier), run.residuals)(net, net.last)


def _residual(expansion: int, multiplier: int) -> Block:
    def block(net: Composer, x: Feature) -> Feature:
        _inverted(expansion * x.channels, x.channels, 1, multiplier)(net, x)
        return net.shortcut(x)

    return block


def _inverted(expanded: int, width: int, stride: int = 1, multiplier: int = 1) -> Block:
    """Expand, filter each channel, project."""

    def block(net: Composer, x: Feature) -> Feature:
        return _project(net, net.conv(expanded, source=x), width, stride, multiplier)

    return block


def _project(net: Composer, x: Feature, width: int, stride: int, multiplier: int) -> Feature:
    net.conv(multiplier * x.channels, 3, stride, groups=x.channels, source=x)
    return net.conv(width, activation="linear")


def _classifier(name: str, title: str, backbone: BackboneBuilder) -> Entry:
    recipe = Recipe(backbone, 224, activation="relu", training={"subdivisions": 2})
    return Entry(name, title, recipe, "exact", published=f"{AUTHORS}/{name}.cfg")


FAMILY = Family(
    (
        _classifier("mobilenet-v2", "MobileNet-v2", mobilenet_v2),
        _classifier("csmobilenet-v2", "CSPMobileNet-v2", csp_mobilenet_v2),
    ),
    backbones={
        "mobilenet-v2": BackboneChoice(mobilenet_v2, "relu"),
        "csmobilenet-v2": BackboneChoice(csp_mobilenet_v2, "relu"),
    },
)
