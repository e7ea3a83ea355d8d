# ruff: noqa: E501  # each row of a table is on one line
"""The tables of the authors' README (https://github.com/WongKinYiu/CrossStagePartialNetworks), as printed there."""

from __future__ import annotations

from darkcsp.paper.printed import read_table

TEST_DEV = read_table(
    "readme-test-dev",
    "README: results on test-dev",
    """
Model | Size | fps | AP | AP50 | AP75 | APS | APM | APL | network
CSPResNeXt50-PANet-SPP(SAM) | 512x512 | - | 42.7 | 64.6 | 46.3 | 23.7 | 46.1 | 55.3 | csresnext50-panet-spp-sam@512
CSPResNeXt50-PANet-SPP(SAM) | 608x608 | - | 43.2 | 65.4 | 47.1 | 26.1 | 46.7 | 53.2 | csresnext50-panet-spp-sam@608
CSPResNeXt50-PANet-SPP(GIoU) | 512x512 | - | 42.4 | 64.4 | 45.9 | 23.3 | 45.9 | 55.0 | csresnext50-panet-spp-giou@512
CSPResNeXt50-PANet-SPP(GIoU) | 608x608 | - | 43.1 | 65.4 | 47.0 | 26.0 | 46.9 | 52.8 | csresnext50-panet-spp-giou@608
CSPResNeXt50-PANet-SPP | 512x512 | 44(1080ti) 67(GV100) | 42.4 | 64.4 | 45.9 | 23.2 | 45.5 | 55.3 | csresnext50-panet-spp-original-optimal
CSPResNeXt50-PANet-SPP | 608x608 | 35(1080ti) 44(GV100) | 43.2 | 65.4 | 47.0 | 25.7 | 46.7 | 53.3 | csresnext50-panet-spp-original-optimal@608
CSPDarknet53-PANet-SPP | 512x512 | 51(1080ti) | 42.4 | 64.5 | 46.0 | 23.9 | 45.6 | 54.2 | csdarknet53-panet-spp@512
""",
)

BIG_MODELS = read_table(
    "readme-big-models",
    "README: ImageNet, Big Models",
    """
Model | #Parameter | BFLOPs | Top-1 | Top-5 | network
DarkNet-53 | 41.57M | 18.57 | 77.2 | 93.8 | darknet53
CSPDarkNet-53 | 27.61M (-34%) | 13.07 (-30%) | 77.2 (=) | 93.6 (-0.2) | csdarknet53
CSPDarkNet-53-Elastic | - | 7.74 (-58%) | 76.1 (-1.1) | 93.3 (-0.5) | csdarknet53-elastic
ResNet-50 | 22.73M | 9.74 | 75.8 | 92.9 | resnet50
CSPResNet-50 | 21.57M (-5%) | 8.97 (-8%) | 76.6 (+0.8) | 93.3 (+0.4) | csresnet50
CSPResNet-50-Elastic | - | 9.36 (-4%) | 76.8 (+1.0) | 93.5 (+0.6) | csresnet50-elastic
ResNeXt-50 | 22.19M | 10.11 | 77.8 | 94.2 | resnext50
CSPResNeXt-50 | 20.50M (-8%) | 7.93 (-22%) | 77.9 (+0.1) | 94.0 (-0.2) | csresnext50
CSPResNeXt-50-Elastic | - | 5.45 (-46%) | 77.2 (-0.6) | 93.8 (-0.4) | csresnext50-elastic
CSPResNeXt-50+Elastic | - | 7.82 (-23%) | 78.2 (+0.4) | 94.2 (=) | csresnext50-plus-elastic
HarDNet-138s | 35.5M | 13.4 | 77.8 | - | -
DenseNet-264-32 | 27.21M | 11.03 | 77.8 | 93.9 | -
ResNet-152 | 60.2M | 22.6 | 77.8 | 93.6 | -
DenseNet-201+Elastic | 19.48M | 8.77 | 77.9 | 94.0 | densenet201-plus-elastic
CSPDenseNet-201+Elastic | 20.17M (+4%) | 7.13 (-19%) | 77.9 (=) | 94.0 (=) | csdensenet201-plus-elastic
Res2NetLite-72 | - | 5.19 | 74.7 | 92.1 | res2netlite72
""",
)

SMALL_MODELS = read_table(
    "readme-small-models",
    "README: ImageNet, Small Models",
    """
Model | #Parameter | BFLOPs | Top-1 | Top-5 | network
PeleeNet | 2.79M | 1.017 | 70.7 | 90.0 | peleenet
PeleeNet-swish | 2.79M | 1.017 | 71.5 | 90.7 | peleenet-swish
PeleeNet-swish-SE | 2.81M | 1.017 | 72.1 | 91.0 | peleenet-swish-se
CSPPeleeNet | 2.83M (+1%) | 0.888 (-13%) | 70.9 (+0.2) | 90.2 (+0.2) | csppeleenet
CSPPeleeNet-swish | 2.83M (+1%) | 0.888 (-13%) | 71.7 (+0.2) | 90.8 (+0.1) | csppeleenet-swish
CSPPeleeNet-swish-SE | 2.85M (+1%) | 0.888 (-13%) | 72.4 (+0.3) | 91.0 (=) | csppeleenet-swish-se
SparsePeleeNet | 2.39M | 0.904 | 69.6 | 89.3 | sparsepeleenet
EfficientNet-B0 | 4.81M | 0.915 | 71.3 | 90.4 | enetb0
EfficientNet-B0 (official) | - | - | 70.0 | 88.9 | -
MobileNet-v2 | 3.47M | 0.858 | 67.0 | 87.7 | mobilenet-v2
CSPMobileNet-v2 | 2.51M (-28%) | 0.764 (-11%) | 67.7 (+0.7) | 88.3 (+0.6) | csmobilenet-v2
Darknet Ref. | 7.31M | 0.96 | 61.1 | 83.0 | darknet
CSPDenseNet Ref. | 3.48M (-52%) | 0.886 (-8%) | 65.7 (+4.6) | 86.6 (+3.6) | cspdensenet-ref
CSPPeleeNet Ref. | 4.10M (-44%) | 1.103 (+15%) | 68.9 (+7.8) | 88.7 (+5.7) | csppeleenet-ref
CSPDenseNetb Ref. | 1.38M (-81%) | 0.631 (-34%) | 64.2 (+3.1) | 85.5 (+2.5) | cspdensenetb-ref
CSPPeleeNetb Ref. | 2.01M (-73%) | 0.897 (-7%) | 67.8 (+6.7) | 88.1 (+5.1) | csppeleenetb-ref
ResNet-10 | 5.24M | 2.273 | 63.5 | 85.0 | resnet10
CSPResNet-10 | 2.73M (-48%) | 1.905 (-16%) | 65.3 (+1.8) | 86.5 (+1.5) | cspresnet10
MixNet-M-GPU | - | 1.065 | 71.5 | 90.5 | -
""",
)

ACTIVATIONS = read_table(
    "readme-activations",
    "README: ImageNet, activation function",
    """
Model | Activation | Top-1 | Top-5 | network
PeleeNet | LReLU | 70.7 | 90.0 | peleenet
PeleeNet | Swish | 71.5 (+0.8) | 90.7 (+0.7) | peleenet-swish
PeleeNet | Mish | 71.4 (+0.7) | 90.4 (+0.4) | peleenet-mish
CSPPeleeNet | LReLU | 70.9 | 90.2 | csppeleenet
CSPPeleeNet | Swish | 71.7 (+0.8) | 90.8 (+0.6) | csppeleenet-swish
CSPPeleeNet | Mish | 71.2 (+0.3) | 90.3 (+0.1) | csppeleenet-mish
CSPResNeXt-50 | LReLU | 77.9 | 94.0 | csresnext50
CSPResNeXt-50 | Mish | 78.9 (+1.0) | 94.5 (+0.5) | csresnext50-omega
""",
)

AUGMENTATION = read_table(
    "readme-augmentation",
    "README: ImageNet, data augmentation",
    """
Model | Augmentation | Top-1 | Top-5 | network
CSPResNeXt-50 | Normal | 77.9 | 94.0 | csresnext50
CSPResNeXt-50 | Mixup | 77.2 | 94.0 | csresnext50
CSPResNeXt-50 | Cutmix | 78.0 | 94.3 | csresnext50
CSPResNeXt-50 | Cutmix+Mixup | 77.7 | 94.4 | csresnext50
CSPResNeXt-50 | Mosaic | 78.1 | 94.5 | csresnext50
CSPResNeXt-50 | Blur | 77.5 | 93.8 | csresnext50
""",
)

SMOOTHING = read_table(
    "readme-other",
    "README: ImageNet, other",
    """
Model | Method | Top-1 | Top-5 | network
CSPResNeXt-50 | Normal | 77.9 | 94.0 | csresnext50
CSPResNeXt-50 | Smooth | 78.1 | 94.4 | csresnext50
""",
)

GPU = read_table(
    "readme-gpu",
    "README: MS COCO, GPU real-time models",
    """
Model | Size | 1080ti fps | AP | AP50 | AP75 | network
CSPResNeXt50-PANet-SPP | 512x512 | 44 | 38.0 | 60.0 | 40.8 | csresnext50-panet-spp@512
CSPDarknet53-PANet-SPP | 512x512 | 51 | 38.7 | 61.3 | 41.7 | csdarknet53-panet-spp@512
CSPResNet50-PANet-SPP | 512x512 | 55 | 38.0 | 60.5 | 40.7 | csresnet50-panet-spp@512
""",
)

CPU = read_table(
    "readme-cpu",
    "README: MS COCO, CPU real-time models",
    """
Model | Size | 9900K fps | AP | AP50 | AP75 | network
YOLOv3-tiny | 416x416 | 54 | - | 33.1 | - | yolov3-tiny
YOLOv3-tiny-PRN | 416x416 | 71 | - | 33.1 | - | yolov3-tiny-prn
SNet49-ThunderNet | 320x320 | 47 | 19.1 | 33.7 | 19.6 | -
Ours | 320x320 | 102 | 15.3 | 34.2 | 12.0 | cspdensenetb-ref-prn
SNet146-ThunderNet | 320x320 | 32 | 23.6 | 40.2 | 24.5 | -
Ours | 320x320 | 52 | 19.4 | 40.0 | 17.0 | csppeleenet-ref-prn-3l
Pelee | 304x304 | 7 | 22.4 | 38.3 | 22.9 | -
RefineDetLite | 320x320 | 8 | 26.8 | 46.6 | 27.4 | -
""",
)

NMS = read_table(
    "readme-nms",
    "README: MS COCO, NMS threshold",
    """
Model | Size | Threshold | AP | AP50 | AP75 | APS | APM | APL | network
CSPResNeXt50-PANet-SPP | 512x512 | 0.45 | 38.0 | 60.0 | 40.8 | 19.7 | 41.4 | 49.9 | csresnext50-panet-spp@512
CSPResNeXt50-PANet-SPP | 512x512 | 0.50 | 38.2 | 60.2 | 41.1 | 19.8 | 41.6 | 50.1 | csresnext50-panet-spp@512
CSPResNeXt50-PANet-SPP | 512x512 | 0.55 | 38.4 | 60.1 | 41.3 | 20.0 | 41.7 | 50.3 | csresnext50-panet-spp@512
CSPResNeXt50-PANet-SPP | 512x512 | 0.60 | 38.5 | 60.0 | 41.7 | 20.1 | 41.9 | 50.4 | csresnext50-panet-spp@512
CSPResNeXt50-PANet-SPP | 512x512 | 0.65 | 38.6 | 59.7 | 42.1 | 20.1 | 41.9 | 50.4 | csresnext50-panet-spp@512
CSPResNeXt50-PANet-SPP | 512x512 | 0.70 | 38.5 | 59.2 | 42.4 | 20.1 | 41.9 | 50.4 | csresnext50-panet-spp@512
CSPResNeXt50-PANet-SPP-GIoU | 512x512 | 0.45 | 39.4 | 59.4 | 42.5 | 20.4 | 42.6 | 51.4 | csresnext50-panet-spp-giou@512
CSPResNeXt50-PANet-SPP-GIoU | 512x512 | 0.50 | 39.7 | 59.5 | 42.7 | 20.5 | 42.5 | 51.7 | csresnext50-panet-spp-giou@512
CSPResNeXt50-PANet-SPP-GIoU | 512x512 | 0.55 | 39.8 | 59.5 | 43.0 | 20.7 | 43.1 | 51.9 | csresnext50-panet-spp-giou@512
CSPResNeXt50-PANet-SPP-GIoU | 512x512 | 0.60 | 40.0 | 59.3 | 43.4 | 20.8 | 43.2 | 52.0 | csresnext50-panet-spp-giou@512
CSPResNeXt50-PANet-SPP-GIoU | 512x512 | 0.65 | 40.1 | 59.0 | 43.8 | 20.9 | 43.4 | 52.1 | csresnext50-panet-spp-giou@512
CSPResNeXt50-PANet-SPP-GIoU | 512x512 | 0.70 | 40.1 | 58.6 | 44.2 | 20.9 | 43.4 | 52.1 | csresnext50-panet-spp-giou@512
CSPResNeXt50-PANet-SPP-GIoU | 512x512 | aware | 40.0 | 59.5 | 43.4 | 20.8 | 43.2 | 52.0 | csresnext50-panet-spp-giou@512
""",
)

COCO_ACTIVATIONS = read_table(
    "readme-coco-activations",
    "README: MS COCO, activation function",
    """
Model | Size | Activation | AP | AP50 | AP75 | APS | APM | APL | network
CSPPeleeNet-PRN | 416x416 | Leaky ReLU | 23.1 | 44.5 | 22.0 | 6.6 | 24.4 | 35.3 | csppeleenet-prn
CSPPeleeNet-PRN | 416x416 | Swish | 24.1 | 45.8 | 23.3 | 6.8 | 26.1 | 35.5 | csppeleenet-prn-swish
""",
)

LOSSES = read_table(
    "readme-losses",
    "README: MS COCO, loss function",
    """
Model | Size | Loss | AP | AP50 | AP75 | APS | APM | APL | network
CSPResNeXt50-PANet-SPP | 512x512 | MSE | 38.0 | 60.0 | 40.8 | 19.7 | 41.4 | 49.9 | csresnext50-panet-spp@512
CSPResNeXt50-PANet-SPP | 512x512 | GIoU | 39.4 | 59.4 | 42.5 | 20.4 | 42.6 | 51.4 | csresnext50-panet-spp-giou@512
CSPResNeXt50-PANet-SPP | 512x512 | DIoU | 39.1 | 58.8 | 42.1 | 20.1 | 42.4 | 50.7 | -
CSPResNeXt50-PANet-SPP | 512x512 | CIoU | 39.6 | 59.2 | 42.6 | 20.5 | 42.9 | 51.6 | -
""",
)

TABLES = (
    TEST_DEV,
    BIG_MODELS,
    SMALL_MODELS,
    ACTIVATIONS,
    AUGMENTATION,
    SMOOTHING,
    GPU,
    CPU,
    NMS,
    COCO_ACTIVATIONS,
    LOSSES,
)
