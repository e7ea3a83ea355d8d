"""Trained detectors with pictures, and their ONNX files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from darkcsp.detect.preprocess import Picture
from darkcsp.modelfile import Precision, Target
from darkcsp.precision import convert_precision
from darkcsp.to_onnx import convert
from scripts.places import ROOT


@dataclass(frozen=True)
class Checkpoint:
    """A trained detector and pictures for it."""

    name: str
    cfg: Path
    weights: Path
    pictures: Path


def find_checkpoints(folder: Path, pictures: Path) -> Iterator[Checkpoint]:
    """Yield the default model, then the checkpoints in the folder."""
    yield Checkpoint("digits", ROOT / "cfgs" / "digits.cfg", ROOT / "weights" / "digits.weights", ROOT / "examples")
    for weights in sorted(folder.rglob("*.weights")):
        yield Checkpoint(weights.stem, weights.with_suffix(".cfg"), weights, pictures)


def write(checkpoint: Checkpoint, path: Path, precision: Precision, target: Target) -> None:
    """Write a checkpoint's ONNX file."""
    if precision == "fp32":
        convert(checkpoint.cfg, checkpoint.weights, path, target=target)
    else:
        pictures = [checkpoint.pictures] if precision == "int8" else []
        convert_precision(
            checkpoint.cfg, checkpoint.weights, path, calibration=pictures, precision=precision, target=target
        )


def variants(picture: Picture) -> list[Picture]:
    """Return the picture and six variants of it."""
    height, width = picture.shape[:2]
    top, left = height // 4, width // 4
    cuts = [picture[: height - top, : width - left], picture[top:, left:], picture[: height - top, left:]]
    return [
        picture,
        np.ascontiguousarray(picture[:, ::-1]),
        *map(np.ascontiguousarray, cuts),
        np.asarray(cv2.convertScaleAbs(picture, alpha=0.7), np.uint8),
        np.asarray(cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8),
    ]
