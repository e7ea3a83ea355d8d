"""Scenes as batches of tensors, composed in worker processes while the network trains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from scripts.digits.glyphs import handwritten, printed
from scripts.digits.scenes import Scene, compose
from scripts.digits.style import TRAINING

HANDWRITTEN_SHARE = 0.7
"""Share of handwritten digits in training scenes; the others are printed."""


class Batch(NamedTuple):
    """A batch of scenes.

    Attributes:
        images: (N, 3, h, w) uint8, RGB.
        boxes: (N, most, 4) float32, xyxy in pixels; zeros if a scene has fewer digits.
        classes: (N, most) int64.
    """

    images: Tensor
    boxes: Tensor
    classes: Tensor


class Scenes(Dataset[Scene]):
    """Training scenes of one seed: a range of their numbers, `size` pixels wide and high."""

    def __init__(self, seed: int, numbers: range, size: int) -> None:
        self.seed, self.numbers, self.style = seed, numbers, replace(TRAINING, size=(size, size))

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, index: int) -> Scene:
        sources = ((HANDWRITTEN_SHARE, handwritten("training")), (1 - HANDWRITTEN_SHARE, printed()))
        return compose(self.seed, self.numbers[index], sources, self.style)


def collate(scenes: Sequence[Scene]) -> Batch:
    """Combine scenes of the same size into a batch."""
    images = np.stack([scene.image for scene in scenes])[..., ::-1].transpose(0, 3, 1, 2)
    most = max(1, *(len(scene.boxes) for scene in scenes)) if len(scenes) > 1 else max(1, len(scenes[0].boxes))
    boxes = np.zeros((len(scenes), most, 4), np.float32)
    classes = np.zeros((len(scenes), most), np.int64)
    for row, scene in enumerate(scenes):
        boxes[row, : len(scene.boxes)] = scene.boxes
        classes[row, : len(scene.classes)] = scene.classes
    return Batch(torch.from_numpy(np.ascontiguousarray(images)), torch.from_numpy(boxes), torch.from_numpy(classes))


def training_batches(scenes: Scenes, size: int, workers: int) -> Iterator[Batch]:
    """Yield batches of `size` scenes in order, which do not depend on the number of worker processes."""
    loader = DataLoader(
        scenes,
        batch_size=size,
        collate_fn=collate,
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        worker_init_fn=_one_thread,
    )
    yield from loader


def _one_thread(worker: int) -> None:
    cv2.setNumThreads(0)
    torch.set_num_threads(1)
