from __future__ import annotations

import itertools

import pytest

from darkcsp.errors import CfgError, UnknownModelError
from darkcsp.graph import build_graph
from darkcsp.zoo import cfg
from darkcsp.zoo.catalogue import BACKBONES, PARTIAL_BACKBONES
from darkcsp.zoo.csp import Fusion
from darkcsp.zoo.custom import Stages, compose_custom
from darkcsp.zoo.heads import HEADS

FORK_ONLY = {"cem", "cem-sam", "efm", "efm-sam", "efm-spp", "gfm", "panet-spp-sam"}
"""Heads with sections or options that pjreddie's program does not know, which alone takes the plain ResNets."""

PLAIN_RESNETS = {"resnet10", "resnet50", "resnext50"}


@pytest.mark.parametrize("backbone", BACKBONES)
def test_every_backbone_takes_every_head(backbone: str) -> None:
    for head in HEADS:
        if backbone in PLAIN_RESNETS and head in FORK_ONLY:
            continue
        graph = build_graph(compose_custom(backbone, head, classes=3, size=128))
        assert [found.classes for found in graph.heads] == [3] * len(graph.heads)
        strides = [128 // found.input.w for found in graph.heads]
        assert len(strides) in (2, 3) and set(strides) <= {8, 16, 32}, head


@pytest.mark.parametrize("backbone", sorted(PLAIN_RESNETS))
def test_heads_that_need_the_fork_refuse_what_the_fork_refuses(backbone: str) -> None:
    with pytest.raises(CfgError, match=r"\[shortcut\]"):
        build_graph(compose_custom(backbone, "efm-sam"))


@pytest.mark.parametrize("backbone", BACKBONES)
def test_every_backbone_makes_a_classifier(backbone: str) -> None:
    graph = build_graph(compose_custom(backbone, classes=7, size=128))
    assert graph.output.output == (7, 1, 1) and graph.layers[-1].type == "softmax"


@pytest.mark.parametrize("backbone", PARTIAL_BACKBONES)
def test_cross_stage_partial_stages_save_operations(backbone: str) -> None:
    plain = build_graph(compose_custom(backbone, size=128)).flops
    flops = [build_graph(compose_custom(backbone, stages=Stages(gamma), size=128)).flops for gamma in (0.25, 0.5, 0.75)]
    assert flops == sorted(flops, reverse=True)
    assert flops[1] < plain


TRANSITIONS = [pair for pair in itertools.product(PARTIAL_BACKBONES, ("first", "last")) if pair != ("resnet50", "last")]
"""CSPResNet-50's last transitions halve the channels: without them, what follows costs more."""


@pytest.mark.parametrize(("backbone", "fusion"), TRANSITIONS)
def test_one_transition_costs_less_than_two(backbone: str, fusion: Fusion) -> None:
    one, two = (
        build_graph(compose_custom(backbone, "prn", stages=Stages(0.5, kind), size=128)) for kind in (fusion, "both")
    )
    assert one.parameters < two.parameters


@pytest.mark.parametrize(
    ("backbone", "name"), [("darknet53", "csdarknet53"), ("resnet50", "csresnet50"), ("resnext50", "csresnext50")]
)
def test_the_defaults_give_the_authors_networks(backbone: str, name: str) -> None:
    composed = build_graph(compose_custom(backbone, stages=Stages(), size=256))
    authors = build_graph(cfg(name))
    assert [spec.stored for spec in composed.layers] == [spec.stored for spec in authors.layers]
    assert composed.flops == authors.flops


def test_anchors_are_scaled_with_the_input() -> None:
    (head,) = build_graph(compose_custom("peleenet", "prn", size=208)).heads[-1:]
    assert head.metadata["anchors"] == ((12, 14), (18, 29), (40, 41))


def test_what_cannot_be() -> None:
    with pytest.raises(UnknownModelError, match=r"^efm-sum: there is no such head; did you mean efm-sam"):
        compose_custom("peleenet", "efm-sum")
    with pytest.raises(UnknownModelError, match=r"^zzz: there is no such backbone; choose from csdarknet53-elastic, "):
        compose_custom("zzz")
    with pytest.raises(
        UnknownModelError,
        match=r"^enetb0: there is no such backbone with cross stage partial stages; choose from darknet53, peleenet",
    ):
        compose_custom("enetb0", stages=Stages())
    with pytest.raises(ValueError, match=r"gamma=1"):
        compose_custom("peleenet", stages=Stages(1))
    with pytest.raises(ValueError, match=r"^size=0: must be at least 1"):
        compose_custom("peleenet", size=0)
