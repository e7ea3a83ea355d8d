"""Accuracy of detections on labelled data."""

from darkcsp.evaluate.coco import AveragePrecision, Truth, average_precision

__all__ = ["AveragePrecision", "Truth", "average_precision"]
