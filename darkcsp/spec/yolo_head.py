"""Common parts of [yolo] and [Gaussian_yolo] (src/yolo_layer.c, src/gaussian_yolo_layer.c)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from darkcsp.cfg.options import Options
from darkcsp.spec.head import AnchorHead


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class YoloHead(AnchorHead):
    """A detection head of YOLOv3 and later.

    Attributes:
        anchors: (width, height) in pixels of the network's input, one for each box of a cell, after applying `mask`.
        scale_x_y: factor that scales x and y about the cell's centre.
        nms_kind: "default", "greedynms" or "diounms"; [Gaussian_yolo] also has "cornersnms".
        beta_nms: exponent base of diounms.
    """

    training_options = frozenset(
        "max max_delta counters_per_class label_smooth_eps objectness_smooth iou_normalizer obj_normalizer "
        "cls_normalizer delta_normalizer iou_loss iou_thresh_kind jitter resize focal_loss ignore_thresh truth_thresh "
        "iou_thresh random show_details track_history_size sim_thresh dets_for_track dets_for_show track_ciou_norm "
        "embedding_layer map uc_normalizer".split()
    )

    scale_x_y: float
    nms_kind: str
    beta_nms: float

    @property
    def nms(self) -> tuple[str, float]:
        """The values of the options."""
        return (self.nms_kind, self.beta_nms)

    @property
    def compares_objectness(self) -> bool:
        """Always True (get_yolo_detections, get_gaussian_yolo_detections)."""
        return True


_STRIDES = (8, 16, 32, 64, 128)
_U3_STRIDES = (8, 16, 32)
_COARSE_FIRST = (32, 16, 8)
"""Strides if the file's name is that of a network whose first head has the fewest cells."""


def read_pytorch_stride(options: Options, above: int, older: bool) -> int:
    """Return the stride of a head, in pixels per cell, that WongKinYiu's readers assume.

    It depends on the number of heads above it and on the cfg's path. Only the file name is considered here, because
    folders depend on the current folder. Raises GraphError if there are too many heads.
    """
    names = ("yolov4-tiny",) if older else ("yolov4-tiny", "fpn", "yolov3")
    strides = _U3_STRIDES if older else _STRIDES
    if any(name in PurePath(options.path).name for name in names):
        strides = _COARSE_FIRST
    if above >= len(strides):
        raise options.misfit("mask", f"WongKinYiu's reader supports at most {len(strides)} heads")
    return strides[above]
