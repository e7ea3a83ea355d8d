"""How good detections are."""

from darkcsp.evaluate.coco import AveragePrecision, Truth, average_precision

__all__ = ["AveragePrecision", "Truth", "average_precision"]
