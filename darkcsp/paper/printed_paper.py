# ruff: noqa: E501  # each row of a table is on one line
"""The tables of the paper (arXiv 1911.11929), of the model card and of the PRN authors, as printed there."""

from __future__ import annotations

from darkcsp.paper.printed import read_table

TABLE_1 = read_table(
    "table-1",
    "paper, table 1: ablation of CSPNet on ImageNet",
    """
Model | gamma | Top-1 | BFLOPs | network
PeleeNet | - | 70.7 | 1.017 | peleenet
SPeleeNet (sparse) | - | 69.6 | 0.904 | sparsepeleenet
PeleeNeXt (group) | - | 68.9 | 0.837 | peleenext
CSP (fusion first) | 0.75 | 68.4 | 0.649 | csppeleenet-fusion-first-gamma75
CSP (fusion first) | 0.5 | 69.2 | 0.755 | csppeleenet-fusion-first-gamma50
CSP (fusion first) | 0.25 | 70.0 | 0.861 | csppeleenet-fusion-first-gamma25
CSP (fusion last) | 0.75 | 69.2 | 0.716 | csppeleenet-fusion-last-gamma75
CSP (fusion last) | 0.5 | 70.6 | 0.804 | csppeleenet-fusion-last-gamma50
CSP (fusion last) | 0.25 | 70.8 | 0.902 | csppeleenet-fusion-last-gamma25
CSPPeleeNet | 0.75 | 70.4 | 0.800 | csppeleenet-gamma75
CSPPeleeNet | 0.5 | 70.9 | 0.888 | csppeleenet
CSPPeleeNet | 0.25 | 71.5 | 0.986 | csppeleenet-gamma25
""",
)

TABLE_2 = read_table(
    "table-2",
    "paper, table 2: ablation of EFM on MS COCO, CSPPeleeNet at 416 x 416",
    """
Head | BFLOPs | network
PRN | 3.590 | csppeleenet-prn
PRN (swish) | 3.590 | csppeleenet-prn-swish
PRN-3l | 4.586 | csppeleenet-prn-3l
CEM | 4.049 | csppeleenet-cem
CEM (SAM) | 4.165 | csppeleenet-cem-sam
GFM | 4.605 | csppeleenet-gfm
EFM | 4.868 | csppeleenet-efm
EFM (GIoU) | 4.868 | csppeleenet-efm-giou
EFM (SAM) | 5.068 | csppeleenet-efm-sam
EFM (SPP) | 4.863 | csppeleenet-efm-spp
""",
)

TABLE_4 = read_table(
    "table-4",
    "paper, table 4: detectors on MS COCO",
    """
Method | Backbone | Size | FPS | BFLOPs | #Parameter | AP | AP50 | AP75 | APS | APM | APL | network
YOLOv3 | DarkNet53 | 608x608 | 30 | 140.7 | 62.3M | 33.0 | 57.9 | 34.4 | 18.3 | 25.4 | 41.9 | yolov3@608
YOLOv3 (SPP) | DarkNet53 | 608x608 | 30 | 141.5 | 62.9M | 36.2 | 60.6 | 38.2 | 20.6 | 37.4 | 46.1 | yolov3-spp@608
LRF | ResNet101 | 512x512 | 31 | - | - | 37.3 | 58.5 | 39.7 | 19.7 | 42.8 | 50.1 | -
SSD | HarDNet85 | 512x512 | 32 | - | - | 35.1 | 54.8 | 37.6 | 15.0 | 38.9 | 51.5 | -
M2Det | VGG16 | 320x320 | 33 | - | - | 33.5 | 52.4 | 35.6 | 14.4 | 37.6 | 47.6 | -
PFPNet (R) | VGG16 | 320x320 | 33 | - | - | 31.8 | 52.9 | 33.6 | 12.0 | 35.5 | 46.1 | -
DAFS | VGG16 | 512x512 | 35 | - | - | 33.8 | 52.9 | 36.9 | 14.6 | 37.0 | 47.7 | -
RFBNet | VGG16 | 512x512 | 35 | - | - | 33.8 | 54.2 | 35.9 | 16.2 | 37.1 | 47.4 | -
PANet (SPP) | CSPResNeXt50 | 608x608 | 35 | 100.6 | 56.9M | 38.4 | 60.6 | 41.6 | 22.1 | 41.8 | 47.6 | csresnext50-panet-spp@608
SSD | HarDNet68 | 512x512 | 38 | - | - | 31.7 | 51.0 | 33.8 | 12.5 | 35.1 | 47.9 | -
LRF | VGG16 | 512x512 | 38 | - | - | 36.2 | 56.6 | 38.7 | 19.0 | 39.9 | 48.8 | -
PFPNet (S) | VGG16 | 300x300 | 39 | - | - | 29.6 | 49.6 | 31.1 | 10.6 | 32.0 | 44.9 | -
RefineDet | VGG16 | 320x320 | 40 | - | - | 29.4 | 49.2 | 31.3 | 10.0 | 32.0 | 44.4 | -
SSD | VGG16 | 300x300 | 44 | 70.4 | 34.3M | 25.7 | 43.9 | 26.2 | 6.9 | 27.7 | 42.6 | -
PANet (SPP) | CSPResNeXt50 | 512x512 | 44 | 71.3 | 56.9M | 38.0 | 60.0 | 40.8 | 19.7 | 41.4 | 49.9 | csresnext50-panet-spp@512
CenterNet | ResNet101 | 512x512 | 45 | - | - | 34.6 | 53.0 | 36.9 | - | - | - | -
YOLOv3 | DarkNet53 | 416x416 | 46 | 65.9 | 62.3M | 31.0 | 55.3 | 32.3 | 15.2 | 33.2 | 42.8 | yolov3
PANet (SPP) | CSPResNeXt50 | 416x416 | 53 | 47.1 | 56.9M | 36.6 | 58.1 | 39.0 | 16.2 | 39.5 | 50.9 | csresnext50-panet-spp
TTFNet | DarkNet53 | 512x512 | 54 | - | - | 35.1 | 52.5 | 37.8 | 17.0 | 38.5 | 49.5 | -
YOLOv3 | DarkNet53 | 320x320 | 56 | 39.0 | 62.3M | 28.2 | 51.5 | 29.7 | 11.9 | 30.6 | 43.4 | yolov3@320
PANet (SPP) | CSPResNeXt50 | 320x320 | 58 | 27.9 | 56.9M | 33.4 | 54.0 | 35.1 | 11.8 | 35.3 | 50.9 | csresnext50-panet-spp@320
Pelee | PeleeNet | 304x304 | 106 | 2.58 | 5.98M | 22.4 | 38.3 | 22.9 | - | - | - | -
EFM (SAM) | CSPPeleeNet | 512x512 | 109 | 7.68 | 4.31M | 27.6 | 50.4 | 27.7 | 12.4 | 30.1 | 36.2 | csppeleenet-efm-sam@512
TTFNet | ResNet18 | 512x512 | 112 | - | - | 28.1 | 43.8 | 30.2 | 11.8 | 29.5 | 41.5 | -
CenterNet | ResNet18 | 512x512 | 129 | - | - | 28.1 | 44.9 | 29.6 | - | - | - | -
EFM (SAM) | CSPPeleeNet | 416x416 | 129 | 5.07 | 4.31M | 26.8 | 49.0 | 26.7 | 9.8 | 28.2 | 38.8 | csppeleenet-efm-sam
PRN | PeleeNet | 416x416 | 145 | 4.04 | 3.16M | 23.3 | 45.0 | 22.0 | 6.7 | 24.8 | 35.1 | peleenet-prn
EFM (SAM) | CSPPeleeNet Ref. | 320x320 | 205 | 3.43 | 5.67M | 23.5 | 44.6 | 22.7 | 7.1 | 23.6 | 36.1 | csppeleenet-ref-efm-sam
ThunderNet | SNet535 | 320x320 | 214 | 2.60 | - | 28.0 | 46.2 | 29.5 | - | - | - | -
EFM (SAM) | CSPDenseNet Ref. | 320x320 | 235 | 2.89 | 5.05M | 21.7 | 42.2 | 20.6 | 6.3 | 21.3 | 33.3 | cspdensenet-ref-efm-sam
ThunderNet | SNet146 | 320x320 | 248 | 0.95 | - | 23.6 | 40.2 | 24.5 | - | - | - | -
ThunderNet | SNet49 | 320x320 | 267 | 0.52 | - | 19.1 | 33.7 | 19.6 | - | - | - | -
PRN (31) | CSPPeleeNet Ref. | 320x320 | 267 | 3.15 | 4.79M | 19.4 | 40.0 | 17.0 | 5.8 | 18.8 | 31.1 | csppeleenet-ref-prn-3l
PRN | CSPPeleeNet Ref. | 320x320 | 306 | 2.56 | 4.59M | 18.8 | 38.5 | 16.6 | 5.0 | 18.9 | 31.4 | csppeleenet-ref-prn
YOLOv3 (tiny) | DarkNet Ref. | 416x416 | 330 | 5.57 | 8.86M | - | 33.1 | - | - | - | - | yolov3-tiny
PRN | CSPDenseNet Ref. | 320x320 | 387 | 2.01 | 3.97M | 16.8 | 35.4 | 14.3 | 4.4 | 16.6 | 28.5 | cspdensenet-ref-prn
PRN | DarkNet Ref. | 416x416 | 400 | 3.47 | 4.96M | - | 33.1 | - | - | - | - | yolov3-tiny-prn
PRN | CSPDenseNetb Ref. | 320x320 | 400 | 1.59 | 1.87M | 15.3 | 34.2 | 12.0 | 3.6 | 16.1 | 23.4 | cspdensenetb-ref-prn
""",
)

TABLE_5 = read_table(
    "table-5",
    "paper, table 5: inference rate of real-time detectors",
    """
Model | Size | GPU fps | CPU fps | mGPU fps | AP50 | network
SNet146-ThunderNet | 320 | 248 | 32 | - | 40.2 | -
SNet49-ThunderNet | 320 | 267 | 47 | - | 33.7 | -
YOLOv3-tiny | 416 | 330 | 54 | 37 | 33.1 | yolov3-tiny
YOLOv3-tiny-PRN | 416 | 400 | 71 | 49 | 33.1 | yolov3-tiny-prn
CSPPeleeNet Ref.-EFM (SAM) | 320 | 205 | - | 41 | 44.6 | csppeleenet-ref-efm-sam
CSPDenseNet Ref.-EFM (SAM) | 320 | 235 | - | 49 | 42.2 | cspdensenet-ref-efm-sam
CSPPeleeNet Ref.-PRN (3l) | 320 | 267 | 52 | 38 | 40.0 | csppeleenet-ref-prn-3l
CSPPeleeNet Ref.-PRN | 320 | 306 | 75 | 52 | 38.5 | csppeleenet-ref-prn
CSPDenseNet Ref.-PRN | 320 | 387 | 95 | 64 | 35.4 | cspdensenet-ref-prn
CSPDenseNetb Ref.-PRN | 320 | 400 | 102 | 73 | 34.2 | cspdensenetb-ref-prn
""",
)

CARD = read_table(
    "model-card",
    "model card: ImageNet-1k, at 224 x 224",
    """
Model | Params(M) | Flops(G) | Top-1 | Top-5 | network
CSPDarkNet50 | 27.64 | 5.04 | 80.05 | 95.07 | cspdarknet50
CSPResNet50 | 21.62 | 3.48 | 79.55 | 94.68 | cspresnet50
CSPResNeXt50 | 20.57 | 3.11 | 79.96 | 94.96 | cspresnext50
""",
)

PRN_RESULTS = read_table(
    "prn-results",
    "PRN authors: results, https://github.com/WongKinYiu/PartialResidualNetworks",
    """
Model | Size | BFLOPs | #Parameter | network
Pelee-YOLOv3 | 416 | 5.06 | 3.91M | peleenet-yolov3
Pelee-FPN | 416 | 4.84 | 3.75M | peleenet-fpn
Pelee-PRN-3l | 416 | 5.03 | 3.36M | peleenet-prn-3l
Pelee-PRN | 416 | 4.04 | 3.16M | peleenet-prn
Pelee-PRN | 320 | 2.39 | 3.16M | peleenet-prn@320
SparsePelee-PRN | 416 | 3.65 | - | sparsepeleenet-prn
SparsePelee-PRN | 320 | 2.16 | - | sparsepeleenet-prn@320
""",
)

TABLES = (TABLE_1, TABLE_2, TABLE_4, TABLE_5, CARD, PRN_RESULTS)
