"""The documents' ImageNet models."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from darkcsp.cfg.writer import Value
from darkcsp.zoo import csppeleenet, darknet, densenet, densenet201, efficientnet, mobilenet, peleenet, res2net, resnet
from darkcsp.zoo.counting import CARD, ELASTIC, WITH_SHORTCUTS
from darkcsp.zoo.entry import Entry, Status
from darkcsp.zoo.recipe import Backbone, Recipe, classify_before_pooling, classify_with_dropout
from darkcsp.zoo.training import EFFICIENTNET, STRONG_AUGMENTATION

AUTHORS = "WongKinYiu/CrossStagePartialNetworks/cfg"
IN_PROGRESS = "WongKinYiu/CrossStagePartialNetworks/in progress"
USUAL: Mapping[str, Value] = {}
"""No training options but the usual ones."""


def _published(
    name: str, title: str, backbone: Backbone, training: Mapping[str, Value] = USUAL, note: str = ""
) -> Entry:
    recipe = Recipe(backbone, 256, training=training)
    return Entry(name, title, recipe, "exact", note, published=f"{AUTHORS}/{name}.cfg")


def _strong(name: str, title: str, backbone: Backbone) -> tuple[Entry, Entry]:
    """The authors' -gamma (leaky) and -omega (mish) forms: the network itself, trained with more augmentation."""
    return (
        _published(f"{name}-gamma", f"{title}-gamma", backbone, STRONG_AUGMENTATION),
        Entry(
            f"{name}-omega",
            f"{title}-omega",
            Recipe(backbone, 256, activation="mish", training=STRONG_AUGMENTATION),
            "exact",
            published=f"{AUTHORS}/{name}-omega.cfg",
        ),
    )


RESNET50 = (
    Entry(
        "resnet50",
        "ResNet-50",
        Recipe(resnet.resnet50, 256, tail=classify_before_pooling),
        "exact",
        "The authors' cfg convolves to the classes before it pools, which costs 0.26 BFLOPs more than the "
        "printed 9.74. "
        "That is what resnet50-leaky costs, which they published too: it pools first.",
        published=f"{AUTHORS}/resnet50.cfg",
    ),
    Entry(
        "resnet50-leaky",
        "ResNet-50",
        Recipe(resnet.resnet50, 256, training={"subdivisions": 1}),
        "exact",
        "As resnet50, but the classifier stands behind the pooling.",
        published=f"{IN_PROGRESS}/darknet/icfg/resnet50-leaky.cfg",
    ),
)

BIG = (
    _published("darknet53", "DarkNet-53", darknet.darknet53),
    _published("csdarknet53", "CSPDarkNet-53", darknet.csp_darknet53),
    _published("csdarknet53-elastic", "CSPDarkNet-53-Elastic", darknet.csp_darknet53_elastic, {"subdivisions": 8}),
    *_strong("csdarknet53", "CSPDarkNet-53", darknet.csp_darknet53),
    *RESNET50,
    _published("csresnet50", "CSPResNet-50", resnet.csp_resnet50),
    _published("csresnet50-elastic", "CSPResNet-50-Elastic", resnet.csp_resnet50_elastic),
    *_strong("csresnet50", "CSPResNet-50", resnet.csp_resnet50),
    _published("resnext50", "ResNeXt-50", resnet.resnext50),
    _published("csresnext50", "CSPResNeXt-50", resnet.csp_resnext50),
    _published("csresnext50-elastic", "CSPResNeXt-50-Elastic", resnet.csp_resnext50_elastic),
    *_strong("csresnext50", "CSPResNeXt-50", resnet.csp_resnext50),
    Entry(
        "csresnext50-plus-elastic",
        "CSPResNeXt-50+Elastic",
        Recipe(resnet.csp_resnext50_plus_elastic, 256),
        "fit",
        "Fitted: depths (those of the ELASTIC paper), branches that read all channels, a plain last stage. "
        "The printed BFLOPs are met with shortcuts counted; without them they are 7.814.",
        WITH_SHORTCUTS,
    ),
    Entry(
        "densenet201-plus-elastic",
        "DenseNet-201+Elastic",
        Recipe(densenet201.densenet201_elastic, 224),
        "exact",
        "The network of https://github.com/allenai/elastic, but that Darknet repeats where it upsamples bilinearly.",
        ELASTIC,
    ),
    Entry(
        "csdensenet201-plus-elastic",
        "CSPDenseNet-201+Elastic",
        Recipe(densenet201.csp_densenet201_elastic, 224),
        "fit",
        "Fitted: channels between the stages, where the transitions stand, and how wide they are.",
        ELASTIC,
    ),
    Entry(
        "res2netlite72",
        "Res2NetLite-72",
        Recipe(res2net.res2netlite72, 224, training={"subdivisions": 2}),
        "exact",
        "The printed BFLOPs have the shortcuts counted.",
        WITH_SHORTCUTS,
        f"{AUTHORS}/res2netlite72.cfg",
    ),
)

POOLINGS = (
    "Poolings are maxima, as only those, which Darknet counts, give the printed BFLOPs; PeleeNet's own are averages."
)


def _pelee(name: str, title: str, backbone: Backbone, status: Status, note: str, activation: str = "leaky") -> Entry:
    return Entry(name, title, Recipe(backbone, 224, activation=activation), status, note)


CSP_PELEENET = (
    "Fitted: the first stage. Stages 2 to 4 are those of figure 3 (b), parted by two convolutions as in the authors' "
    "published cfgs."
)
SQUEEZE = (
    "Squeeze-and-excite is 16 wide and stands on the new channels of every dense layer, which is a guess that fits."
)

PELEE = (
    _pelee("peleenet", "PeleeNet", peleenet.peleenet, "exact", POOLINGS),
    _pelee("peleenet-swish", "PeleeNet-swish", peleenet.peleenet, "exact", POOLINGS, "swish"),
    _pelee("peleenet-mish", "PeleeNet with mish", peleenet.peleenet, "exact", POOLINGS, "mish"),
    _pelee("peleenet-swish-se", "PeleeNet-swish-SE", partial(peleenet.peleenet, squeeze=16), "fit", SQUEEZE, "swish"),
    _pelee("csppeleenet", "CSPPeleeNet", csppeleenet.csp_peleenet, "fit", CSP_PELEENET),
    _pelee("csppeleenet-swish", "CSPPeleeNet-swish", csppeleenet.csp_peleenet, "fit", CSP_PELEENET, "swish"),
    _pelee("csppeleenet-mish", "CSPPeleeNet with mish", csppeleenet.csp_peleenet, "fit", CSP_PELEENET, "mish"),
    _pelee(
        "csppeleenet-swish-se",
        "CSPPeleeNet-swish-SE",
        partial(csppeleenet.csp_peleenet, squeeze=16),
        "fit",
        f"{CSP_PELEENET} {SQUEEZE}",
        "swish",
    ),
    *(
        _pelee(
            f"csppeleenet-gamma{share}",
            f"CSPPeleeNet, gamma 0.{share}",
            partial(csppeleenet.csp_peleenet, gamma=share / 100),
            "fit",
            CSP_PELEENET,
        )
        for share in (25, 75)
    ),
    *(
        _pelee(
            f"csppeleenet-fusion-first-gamma{share}",
            f"CSP (fusion first), gamma 0.{share}",
            partial(csppeleenet.fusion_first, gamma=share / 100),
            "fit",
            "Fitted: an undivided first stage, and a transition whose bypass part stands behind the pooling.",
        )
        for share in (25, 50, 75)
    ),
    *(
        _pelee(
            f"csppeleenet-fusion-last-gamma{share}",
            f"CSP (fusion last), gamma 0.{share}",
            partial(csppeleenet.fusion_last, gamma=share / 100),
            "fit",
            "Fitted: slices for the dense blocks, convolutions for the bypasses of stages 2 to 4.",
        )
        for share in (25, 50, 75)
    ),
    _pelee(
        "sparsepeleenet",
        "SparsePeleeNet",
        peleenet.sparse_peleenet,
        "exact",
        f"SparseNet's connections; a stage's transition reads all of its features. {POOLINGS}",
    ),
    _pelee(
        "peleenext", "PeleeNeXt", peleenet.peleenext, "fit", "Fitted: number of groups, and width of the bottlenecks."
    ),
)

REFERENCE = "Fitted: stem, widths and depths of the stages. Well supported: the input size, the last convolution."
MISPRINT = (
    "The printed 0.886 is very probably a misprint of 0.836: that is 0.205, the last convolution's 3x3 against 1x1, "
    "above CSPDenseNetb Ref., and what the printed detector on this backbone leaves for it."
)

SMALL = (
    Entry(
        "enetb0",
        "EfficientNet-B0",
        Recipe(
            efficientnet.efficientnet_b0, 224, tail=classify_with_dropout, activation="swish", training=EFFICIENTNET
        ),
        "exact",
        published=f"{AUTHORS}/enetb0.cfg",
    ),
    *(
        Entry(
            name,
            title,
            Recipe(backbone, 224, activation="relu", training={"subdivisions": 2}),
            "exact",
            published=f"{AUTHORS}/{name}.cfg",
        )
        for name, title, backbone in (
            ("mobilenet-v2", "MobileNet-v2", mobilenet.mobilenet_v2),
            ("csmobilenet-v2", "CSPMobileNet-v2", mobilenet.csp_mobilenet_v2),
        )
    ),
    _published(
        "darknet", "Darknet Reference", darknet.reference, {"subdivisions": 1}, "The printed 0.96 is 0.967 cut off."
    ),
    _pelee(
        "cspdensenet-ref", "CSPDenseNet Reference", densenet.csp_densenet_reference, "open", f"{REFERENCE} {MISPRINT}"
    ),
    _pelee("cspdensenetb-ref", "CSPDenseNetb Reference", densenet.csp_densenetb_reference, "fit", REFERENCE),
    _pelee("csppeleenet-ref", "CSPPeleeNet Reference", densenet.csp_peleenet_reference, "fit", REFERENCE),
    _pelee("csppeleenetb-ref", "CSPPeleeNetb Reference", densenet.csp_peleenetb_reference, "fit", REFERENCE),
    _published("resnet10", "ResNet-10", resnet.resnet10, {"subdivisions": 1}),
    Entry(
        "cspresnet10",
        "CSPResNet-10",
        Recipe(resnet.csp_resnet10, 256),
        "fit",
        "Fitted: widths of the stages and of their parts, and a first block of its own.",
    ),
)

MODEL_CARD = tuple(
    Entry(name, title, Recipe(backbone, 224), "exact", note, CARD)
    for name, title, backbone, note in (
        ("cspdarknet50", "CSPDarkNet50", darknet.csp_darknet53, "CSPDarkNet-53 under the card's name, at 224 x 224."),
        ("cspresnet50", "CSPResNet50", resnet.csp_resnet50_of_the_card, "CSPResNet-50 as the timm library has it."),
        ("cspresnext50", "CSPResNeXt50", resnet.csp_resnext50_of_the_card, "CSPResNeXt-50 as the timm library has it."),
    )
)

ENTRIES = (*BIG, *PELEE, *SMALL, *MODEL_CARD)
