"""Styles of scenes, for evaluation and for training."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """The style of scenes.

    Attributes:
        size: (width, height) in pixels.
        digits: minimum and maximum number of digits to place.
        height: minimum and maximum height of a digit, relative to the picture's height.
        angle: maximum rotation in degrees.
        shear: maximum shear.
        stretch: maximum factor of width to height, either way.
        bend: of strokes, see Pose.
        weight: maximum change of the stroke width, see Pose.
        contrast: minimum difference in brightness between ink and background, of 255.
        distractors: maximum number of lines, of shapes and of letters.
        blur: maximum standard deviation, in pixels of a picture 192 pixels high.
        noise: maximum standard deviation, of 255.
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
"""More varied than the evaluation scenes, and fuller, which teaches more per scene; `bend` varies the handwriting."""
