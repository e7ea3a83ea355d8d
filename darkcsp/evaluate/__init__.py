"""How good detections are."""

from darkcsp.evaluate.average_precision import AveragePrecision, Truth, average_precision

__all__ = ["AveragePrecision", "Truth", "average_precision"]
