"""[net] sections: input sizes and the authors' training options.

The options are those of https://github.com/WongKinYiu/CrossStagePartialNetworks.
"""

from __future__ import annotations

from collections.abc import Mapping

from darkcsp.cfg.writer import Value
from darkcsp.zoo.composer import Composer

CLASSIFIER: Mapping[str, Value] = {
    "batch": 128,
    "subdivisions": 4,
    "min_crop": 128,
    "max_crop": 448,
    "burn_in": 1000,
    "learning_rate": 0.1,
    "policy": "poly",
    "power": 4,
    "max_batches": 800000,
    "momentum": 0.9,
    "decay": 0.0005,
    "angle": 7,
    "hue": 0.1,
    "saturation": 0.75,
    "exposure": 0.75,
    "aspect": 0.75,
}
"""Options of the authors' classifiers."""

DETECTOR: Mapping[str, Value] = {
    "batch": 64,
    "subdivisions": 16,
    "momentum": 0.9,
    "decay": 0.0005,
    "angle": 0,
    "saturation": 1.5,
    "exposure": 1.5,
    "hue": 0.1,
    "learning_rate": 0.001,
    "burn_in": 1000,
    "max_batches": 500500,
    "policy": "steps",
    "steps": (400000, 450000),
    "scales": (0.1, 0.1),
}
"""Options of the authors' detectors."""

EFFICIENTNET: Mapping[str, Value | None] = {
    "batch": 120,
    "min_crop": None,
    "max_crop": 256,
    "learning_rate": 0.256,
    "policy": "step",
    "power": None,
    "step": 10000,
    "scale": 0.96,
    "max_batches": 1600000,
    "decay": 0.00005,
}
"""Changes for the authors' EfficientNet-B0; None leaves an option out."""

STRONG_AUGMENTATION: Mapping[str, Value] = {
    "label_smooth_eps": 0.1,
    "mosaic": 1,
    "cutmix": 1,
    "max_batches": 1200000,
}
"""Changes for the authors' -gamma and -omega classifiers."""


def start(size: int, activation: str, options: Mapping[str, Value | None]) -> Composer:
    """Start a network for colour pictures of `size` x `size`. Options that are None are left out."""
    training = {key: value for key, value in options.items() if value is not None}
    return Composer({"width": size, "height": size, "channels": 3, **training}, activation)
