"""The documents' detectors."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from darkcsp.cfg.writer import Value
from darkcsp.zoo import csppeleenet, darknet, densenet, fusion, peleenet, prn, resnet
from darkcsp.zoo.classifiers import AUTHORS, CSP_PELEENET, IN_PROGRESS, POOLINGS, REFERENCE, USUAL
from darkcsp.zoo.counting import FILE
from darkcsp.zoo.entry import Entry, Status
from darkcsp.zoo.heads import (
    COCO,
    GIOU,
    OPTIMAL,
    TINY,
    Boxes,
    fpn_slim,
    panet_spp,
    yolov3,
    yolov3_slim,
    yolov3_tiny,
)
from darkcsp.zoo.recipe import Backbone, Head, Recipe

PRN_AUTHORS = "WongKinYiu/PartialResidualNetworks/cfg"
DARKNET = "AlexeyAB/darknet/cfg"


def _published(
    name: str,
    title: str,
    backbone: Backbone,
    boxes: Boxes = COCO,
    training: Mapping[str, Value] = USUAL,
    size: int = 416,
) -> Entry:
    recipe = Recipe(backbone, size, panet_spp, boxes, training=training)
    return Entry(name, title, recipe, "exact", published=f"{AUTHORS}/{name}.cfg")


PANET = (
    _published("csdarknet53-panet-spp", "CSPDarknet53-PANet-SPP", darknet.csp_darknet53, training={"subdivisions": 4}),
    _published("csresnet50-panet-spp", "CSPResNet50-PANet-SPP", resnet.csp_resnet50, training={"subdivisions": 4}),
    _published("csresnext50-panet-spp", "CSPResNeXt50-PANet-SPP", resnet.csp_resnext50),
    _published("csresnext50-panet-spp-giou", "CSPResNeXt50-PANet-SPP(GIoU)", resnet.csp_resnext50, GIOU),
    _published(
        "csresnext50-panet-spp-original-optimal",
        "CSPResNeXt50-PANet-SPP, original optimal",
        resnet.csp_resnext50,
        OPTIMAL,
        {"subdivisions": 8, "momentum": 0.949, "learning_rate": 0.00261, "mosaic": 1},
        512,
    ),
    Entry(
        "csresnext50-panet-spp-sam",
        "CSPResNeXt50-PANet-SPP(SAM)",
        Recipe(resnet.csp_resnext50, 512, partial(panet_spp, sam=True), OPTIMAL),
        "open",
        "Neither parameters nor BFLOPs are printed. Spatial attention stands before each head, as in EFM (SAM).",
    ),
    *(
        Entry(
            name,
            title,
            Recipe(resnet.csp_resnext50, 416, partial(yolov3, spp=True, lateral=lateral)),
            "exact",
            published=f"{IN_PROGRESS}/{name}.cfg",
        )
        for name, title, lateral in (
            ("csresnext50-fpn-spp", "CSPResNeXt50-FPN-SPP", True),
            ("csresnext50-yolo-spp", "CSPResNeXt50-YOLO-SPP", False),
        )
    ),
)

YOLO_OF_PRN = "Fitted: the head, to the PRN authors' printed figures."
PRN_3L = "The third head follows the second one's pattern; it is unpublished, and its increments are met exactly."

DARKNETS = (
    Entry(
        "yolov3",
        "YOLOv3",
        Recipe(darknet.darknet53, 416, yolov3, training={"max_batches": 500200}),
        "exact",
        "The printed 62.3M parameters are met by no count: the weights file holds 62.0M numbers.",
        published=f"{DARKNET}/yolov3.cfg",
    ),
    Entry(
        "yolov3-spp",
        "YOLOv3 (SPP)",
        Recipe(darknet.darknet53, 608, partial(yolov3, spp=True), training={"max_batches": 500200}),
        "exact",
        published=f"{DARKNET}/yolov3-spp.cfg",
    ),
    Entry(
        "yolov3-tiny",
        "YOLOv3-tiny",
        Recipe(darknet.tiny, 416, yolov3_tiny, TINY, training={"max_batches": 500200}),
        "exact",
        convention=FILE,
        published=f"{PRN_AUTHORS}/yolov3-tiny.cfg",
    ),
    Entry(
        "yolov3-tiny-prn",
        "YOLOv3-tiny-PRN",
        Recipe(partial(darknet.tiny, partial=True), 416, prn.prn, TINY, training={"max_batches": 500200}),
        "exact",
        "The printed 4.96M parameters are met by no count: the weights file holds 4.94M numbers.",
        FILE,
        published=f"{PRN_AUTHORS}/yolov3-tiny-prn.cfg",
    ),
)

PELEE_CHOICES: tuple[tuple[str, str, Backbone, Head, Boxes, Status, str], ...] = (
    ("peleenet-prn", "PeleeNet-PRN", peleenet.peleenet, prn.prn, TINY, "exact", POOLINGS),
    ("peleenet-prn-3l", "PeleeNet-PRN-3l", peleenet.peleenet, prn.prn_3l, COCO, "fit", PRN_3L),
    ("sparsepeleenet-prn", "SparsePeleeNet-PRN", peleenet.sparse_peleenet, prn.prn, TINY, "exact", POOLINGS),
    ("peleenet-fpn", "PeleeNet-FPN", peleenet.peleenet, fpn_slim, TINY, "fit", YOLO_OF_PRN),
    ("peleenet-yolov3", "PeleeNet-YOLO", peleenet.peleenet, yolov3_slim, TINY, "fit", YOLO_OF_PRN),
)
PELEE = tuple(
    Entry(name, title, Recipe(backbone, 416, head, boxes), status, note, FILE)
    for name, title, backbone, head, boxes, status, note in PELEE_CHOICES
)

EFM_NOTE = "Fitted: all widths of the head, to BFLOPs and parameters on three backbones and to figure 7."
SAM_NOTE = "Attention is YOLOv4's: 1x1 convolution, sigmoid, product; it adds 0.199 BFLOPs, the tables say 0.200."
HEADS: tuple[tuple[str, str, Head, Boxes, str], ...] = (
    ("prn", "PRN", prn.prn, TINY, "The head is the published one."),
    ("prn-3l", "PRN-3l", prn.prn_3l, COCO, PRN_3L),
    ("cem", "CEM", fusion.cem, TINY, "Fitted: the head's widths. The cfg is for its own input size alone."),
    (
        "cem-sam",
        "CEM (SAM)",
        partial(fusion.cem, sam=True),
        TINY,
        "Fitted: the head's widths. The cfg is for its own input size alone.",
    ),
    ("gfm", "GFM", fusion.gfm, COCO, "Fitted: the head's widths."),
    ("efm", "EFM", fusion.efm, COCO, EFM_NOTE),
    ("efm-giou", "EFM (GIoU)", fusion.efm, GIOU, f"{EFM_NOTE} The loss alone differs from EFM."),
    ("efm-sam", "EFM (SAM)", partial(fusion.efm, extra="sam"), COCO, f"{EFM_NOTE} {SAM_NOTE}"),
    (
        "efm-spp",
        "EFM (SPP)",
        partial(fusion.efm, extra="spp"),
        COCO,
        f"{EFM_NOTE} The pyramid pooling stands on the lateral feature at stride 32, which is narrower for it.",
    ),
)

CSP_PELEENET_DETECTORS = (
    *(
        Entry(
            f"csppeleenet-{name}",
            f"CSPPeleeNet-{title}",
            Recipe(csppeleenet.csp_peleenet, 416, head, boxes),
            "fit",
            f"{note} Backbone: {CSP_PELEENET[0].lower()}{CSP_PELEENET[1:]}",
        )
        for name, title, head, boxes, note in HEADS
    ),
    Entry(
        "csppeleenet-prn-swish",
        "CSPPeleeNet-PRN (swish)",
        Recipe(csppeleenet.csp_peleenet, 416, prn.prn, TINY, activation="swish"),
        "fit",
        f"The head is the published one. Backbone: {CSP_PELEENET[0].lower()}{CSP_PELEENET[1:]}",
    ),
)

REFERENCE_DETECTORS = tuple(
    Entry(
        f"{backbone}-{name}",
        f"{title}-{head_title}",
        Recipe(build, 320, head, boxes),
        "fit",
        f"{note} Backbone: {REFERENCE[0].lower()}{REFERENCE[1:]}",
    )
    for backbone, title, build, wanted in (
        ("csppeleenet-ref", "CSPPeleeNet Ref.", densenet.csp_peleenet_reference, ("prn", "prn-3l", "efm-sam")),
        ("cspdensenet-ref", "CSPDenseNet Ref.", densenet.csp_densenet_reference, ("prn", "efm-sam")),
        ("cspdensenetb-ref", "CSPDenseNetb Ref.", densenet.csp_densenetb_reference, ("prn",)),
    )
    for name, head_title, head, boxes, note in HEADS
    if name in wanted
)

ENTRIES = (*DARKNETS, *PANET, *PELEE, *CSP_PELEENET_DETECTORS, *REFERENCE_DETECTORS)
