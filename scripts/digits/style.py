"""What scenes are like: those that a model is measured on, and those that it learns from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """What scenes are like.

    Attributes:
        size: (width, height) in pixels.
        digits: least and most digits that are tried.
        height: least and most height of a digit, over the picture's height.
        angle: largest turn, degrees.
        shear: largest shear.
        stretch: largest factor of width over height, either way.
        bend: of strokes, see Pose.
        weight: largest change of the strokes' width, see Pose.
        contrast: least difference of brightness between ink and ground, of 255.
        distractors: most lines, shapes and letters, each.
        blur: largest standard deviation, in pixels of a picture 192 pixels high.
        noise: largest standard deviation, of 255.
    """

    size: tuple[int, int] = (192, 192)
    digits: tuple[int, int] = (1, 8)
    height: tuple[float, float] = (0.14, 0.55)
    angle: float = 15.0
    shear: float = 0.15
    stretch: float = 1.25
    bend: float = 0.0
    weight: float = 0.15
    contrast: float = 70.0
    distractors: tuple[int, int, int] = (2, 2, 3)
    blur: float = 1.0
    noise: float = 12.0


EVALUATION = Style()
TRAINING = Style(
    digits=(2, 16), height=(0.12, 0.6), angle=18.0, shear=0.2, stretch=1.3, bend=0.03, weight=0.35, contrast=60.0
)
"""Wider than what is measured, and fuller, which teaches more a scene; `bend` makes new handwriting of old."""
