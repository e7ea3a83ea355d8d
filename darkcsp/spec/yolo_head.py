"""What [yolo] and [Gaussian_yolo] share (src/yolo_layer.c, src/gaussian_yolo_layer.c)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from darkcsp.cfg.options import Options
from darkcsp.spec.head import AnchorHead


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class YoloHead(AnchorHead):
    """A detection head of YOLOv3 and later.

    Attributes:
        anchors: (width, height) in pixels of the network's input, one for each box of a cell, `mask` applied.
        scale_x_y: stretch of x and y about the cell's centre.
        nms_kind: "default", "greedynms" or "diounms"; [Gaussian_yolo] knows "cornersnms" besides.
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
        """As the options say."""
        return (self.nms_kind, self.beta_nms)

    @property
    def compares_objectness(self) -> bool:
        """Always (get_yolo_detections, get_gaussian_yolo_detections)."""
        return True


_STRIDES = (8, 16, 32, 64, 128)
_U3_STRIDES = (8, 16, 32)
_COARSE_FIRST = (32, 16, 8)
"""Strides where the file's name is of a network whose first head has the fewest cells."""


def read_pytorch_stride(options: Options, above: int, older: bool) -> int:
    """Return the pixels from cell to cell that WongKinYiu's readers take for a head.

    They go by how many heads there are above it, and by the cfg's path, of which the file's name counts here: folders
    depend on where one stands. Raises GraphError where there are too many heads.
    """
    names = ("yolov4-tiny",) if older else ("yolov4-tiny", "fpn", "yolov3")
    strides = _U3_STRIDES if older else _STRIDES
    if any(name in PurePath(options.path).name for name in names):
        strides = _COARSE_FIRST
    if above >= len(strides):
        raise options.misfit("mask", f"WongKinYiu's reader knows the strides of {len(strides)} heads alone")
    return strides[above]
