"""Small videos, and a capture that is none."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

RATE, SIZE = 12.0, (64, 48)


def write_film(path: Path, frames: int = 9) -> Path:
    """Write a MJPG video whose frames grow brighter, the first twelve at least."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, SIZE)
    for number in range(frames):
        writer.write(np.full((SIZE[1], SIZE[0], 3), number * 20 % 256, np.uint8))
    writer.release()
    return path


class FakeCapture:
    """What cv2.VideoCapture offers, over pictures that are given."""

    def __init__(
        self,
        images: list[npt.NDArray[np.uint8]],
        is_open: bool = True,
        rate: float = 0.0,
        size: tuple[float, float] = (-1.0, -1.0),
    ) -> None:
        self._images, self._open = iter(images), is_open
        self._properties = dict(
            zip((cv2.CAP_PROP_FPS, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT), (rate, *size), strict=True)
        )
        self.released = False

    def isOpened(self) -> bool:
        return self._open

    def get(self, prop: int) -> float:
        return self._properties.get(prop, -1.0)

    def read(self) -> tuple[bool, npt.NDArray[np.uint8] | None]:
        image = next(self._images, None)
        return image is not None, image

    def release(self) -> None:
        self.released = True
