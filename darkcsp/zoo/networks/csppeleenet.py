"""The CSPPeleeNets of the CSPNet paper and its authors' README.

They are reconstructions that match the printed figures, not the authors' cfgs. gamma is the share of a stage's input
that bypasses its dense block.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from darkcsp.zoo.blocks import Pyramid
from darkcsp.zoo.boxes import GIOU
from darkcsp.zoo.composer import Composer
from darkcsp.zoo.csp import Split, channel_slice, partial_block
from darkcsp.zoo.entry import Entry, Family
from darkcsp.zoo.forms import classifier, fitted_detector
from darkcsp.zoo.heads.fusion import CEM, CEM_SAM, EFM, EFM_NOTE, EFM_SAM, EFM_SPP, GFM
from darkcsp.zoo.heads.prn import PRN, PRN_3L
from darkcsp.zoo.networks.peleenet import SQUEEZE, STAGES, dense_stage, stem
from darkcsp.zoo.parts import BackboneChoice


def csp_peleenet(net: Composer, gamma: float = 0.5, *, squeeze: int | None = None) -> Pyramid:
    """CSPPeleeNet: stages 2 to 4 as in figure 3 (b), split by two convolutions after the pooling.

    Those convolutions are also the second transition of the stage before. The first stage, whose input has 32 channels,
    was fitted: its dense block reads all of them, and both transitions come before the pooling.
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
    """CSP (fusion first): the transition to the dense block comes before the pooling, that to the bypass after it."""
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
    """CSP (fusion last): the dense block reads a slice. The bypass is a convolution, or a slice in the first stage."""
    x = stem(net)
    features = []
    for stage in STAGES:
        split = Split.by_share(gamma, x.channels)
        bypass = channel_slice(net, x, 0, split.bypass) if stage is STAGES[0] else net.conv(split.bypass, source=x)
        dense = dense_stage(stage)(net, channel_slice(net, x, split.bypass, x.channels))
        features.append(net.route(net.conv(dense.channels, source=dense), bypass))
        x = net.last if stage is STAGES[-1] else net.maxpool(2, 2)
    return Pyramid(*features[1:])


FITTED = (
    "Fitted: the first stage. Stages 2 to 4 are those of the paper's figure 3 (b), split by two convolutions as in the "
    "authors' published cfgs."
)

CLASSIFIERS = (
    classifier("csppeleenet", "CSPPeleeNet", csp_peleenet, "fit", FITTED),
    classifier("csppeleenet-swish", "CSPPeleeNet-swish", csp_peleenet, "fit", FITTED, "swish"),
    classifier("csppeleenet-mish", "CSPPeleeNet with mish", csp_peleenet, "fit", FITTED, "mish"),
    classifier(
        "csppeleenet-swish-se",
        "CSPPeleeNet-swish-SE",
        partial(csp_peleenet, squeeze=16),
        "fit",
        f"{FITTED} {SQUEEZE}",
        "swish",
    ),
    *(
        classifier(
            f"csppeleenet-gamma{share}",
            f"CSPPeleeNet, gamma 0.{share}",
            partial(csp_peleenet, gamma=share / 100),
            "fit",
            FITTED,
        )
        for share in (25, 75)
    ),
    *(
        classifier(
            f"csppeleenet-fusion-first-gamma{share}",
            f"CSP (fusion first), gamma 0.{share}",
            partial(fusion_first, gamma=share / 100),
            "fit",
            "Fitted: an undivided first stage, and a transition with the bypass part after the pooling.",
        )
        for share in (25, 50, 75)
    ),
    *(
        classifier(
            f"csppeleenet-fusion-last-gamma{share}",
            f"CSP (fusion last), gamma 0.{share}",
            partial(fusion_last, gamma=share / 100),
            "fit",
            "Fitted: slices for the dense blocks, convolutions for the bypasses of stages 2 to 4.",
        )
        for share in (25, 50, 75)
    ),
)

EFM_GIOU = replace(
    EFM, name="efm-giou", title="EFM (GIoU)", boxes=GIOU, note=f"{EFM_NOTE} Only the loss differs from EFM."
)


def _swish(entry: Entry) -> Entry:
    """The same detector with swish."""
    recipe = replace(entry.recipe, activation="swish")
    return replace(entry, name=f"{entry.name}-swish", title=f"{entry.title} (swish)", recipe=recipe)


DETECTORS = tuple(
    fitted_detector("csppeleenet", "CSPPeleeNet", csp_peleenet, FITTED, head, 416)
    for head in (PRN, PRN_3L, CEM, CEM_SAM, GFM, EFM, EFM_GIOU, EFM_SAM, EFM_SPP)
)

FAMILY = Family(
    (*CLASSIFIERS, *DETECTORS, _swish(DETECTORS[0])), backbones={"csppeleenet": BackboneChoice(csp_peleenet)}
)
