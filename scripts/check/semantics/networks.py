"""The networks that are compared: reference cases with their random weights, and trained checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from darkcsp import load
from darkcsp.arrays import Array
from scripts.places import SHARED, UPSTREAM
from tests.reference import read_meta, weights_file

MEASURED = ("AlexeyAB__cfg_yolov4", "AlexeyAB__cfg_yolov3-spp", "AlexeyAB__cfg_csresnext50-panet-spp")
CLASSIFIER = "AlexeyAB__cfg_efficientnet-lite3"
CHECKPOINTS = UPSTREAM / "dog-qiuqiu"
LARGER = (640, 640)
"""Larger than their own size, which is too small for a pooling layer to lose anything."""

Size = tuple[int, int]


@dataclass(frozen=True)
class Network:
    """The files of a network.

    Attributes:
        name: the name in tables.
        cfg, weights: the files.
        size: (width, height) instead of the cfg's own.
    """

    name: str
    cfg: Path
    weights: Path
    size: Size | None = None


def measured(case: str, folder: Path) -> Network:
    """Return a reference case's network; its random weights are written into `folder`."""
    meta = read_meta(SHARED / "golden" / "trained" / "nets" / f"gpu_{case}.npz")
    cfg = UPSTREAM / str(meta["cfg"])
    weights = folder / f"{cfg.stem}.weights"
    weights.write_bytes(weights_file(meta))
    return Network(cfg.stem, cfg, weights)


def settled(network: Network, inputs: Sequence[Array], folder: Path) -> Network:
    """Return a network whose batch norm has the statistics of some inputs, as after training on them.

    With other statistics a signal fades from layer to layer, until hardly anything of a picture is left at the end.
    """
    import torch

    module = load(network.cfg, network.weights).train()
    for part in module.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.momentum = 1.0
    with torch.no_grad():
        module(torch.from_numpy(np.stack(inputs)))
    weights = folder / f"{network.name}-settled.weights"
    module.save_weights(weights)
    return replace(network, name=f"{network.name}, settled", weights=weights)


def checkpoints() -> Iterator[Network]:
    """Return trained checkpoints, at their own size and larger."""
    for weights in sorted(CHECKPOINTS.rglob("*.weights")):
        for size in (None, LARGER):
            yield Network(weights.stem, weights.with_suffix(".cfg"), weights, size)
