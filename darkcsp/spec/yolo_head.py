"""What [yolo] and [Gaussian_yolo] share (src/yolo_layer.c, src/gaussian_yolo_layer.c)."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.spec.head import AnchorHead


@dataclass(frozen=True, kw_only=True)
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
