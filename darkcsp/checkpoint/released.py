"""Weights files that were published next to a cfg that they do not belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from darkcsp.errors import Notice, Place
from darkcsp.graph.graph import Graph

TRAINED_WITH: Mapping[str, str] = {
    "yolov4-pacsp-s": "yolov4-csp-s-leaky",
    "yolov4-pacsp-s-mish": "yolov4-csp-s-mish",
    "yolov4-pacsp": "yolov4-csp-leaky",
    "yolov4-pacsp-mish": "yolov4-csp-mish",
    "yolov4-pacsp-x": "yolov4-csp-x-leaky",
    "yolov4-pacsp-x-mish": "yolov4-csp-x-mish",
}
"""Weights files in PyTorch_YOLOv4's releases -> cfgs that they belong to; both cfgs have equally many parameters."""


def belongs_to_another(path: str, graph: Graph) -> Iterator[Notice]:
    """Yield a notice if a file has the name of a released file and the cfg has a name that it does not belong to."""
    name, cfg = Path(path).stem, Path(graph.cfg.path).stem
    if name in TRAINED_WITH and cfg in TRAINED_WITH:
        message = (
            f"has the name of a file in PyTorch_YOLOv4's releases that belongs to {TRAINED_WITH[name]}.cfg, not to "
            f"{cfg}.cfg: both have the same number of parameters, but they give different boxes"
        )
        yield Notice(Place(path), message)
