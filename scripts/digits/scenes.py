"""Scenes: digits in pictures, with their boxes. The same seed and number always give the same scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scripts.digits.backgrounds import Picture, background, tint
from scripts.digits.camera import NOISE_VALUES, photograph
from scripts.digits.distractors import draw_line, letter_mask, shape_mask
from scripts.digits.glyphs import Glyphs
from scripts.digits.placing import Box, choose_ink, find_place, moved, paint
from scripts.digits.stamp import Pose, Stamp, stamp
from scripts.digits.style import EVALUATION, Style


@dataclass(frozen=True)
class Scene:
    """A picture and its ground truth.

    Attributes:
        image: uint8 (h, w, 3), BGR.
        boxes: float32 (n, 4), xyxy in pixels: what the ink of each digit spans.
        classes: int64 (n,): the digits.
    """

    image: npt.NDArray[np.uint8]
    boxes: npt.NDArray[np.float32]
    classes: npt.NDArray[np.int64]


def compose(seed: int, number: int, sources: Sequence[tuple[float, Glyphs]], style: Style = EVALUATION) -> Scene:
    """Compose scene `number` of the series `seed`.

    Args:
        seed: seed of the series.
        number: number of the scene in the series.
        sources: (share, glyphs) pairs that digits are drawn from; shares sum to 1.
        style: the style of the scene.

    Raises:
        ValueError: the style's size exceeds the precomputed noise.
    """
    width, height = style.size
    if 3 * width * height > NOISE_VALUES:
        raise ValueError(f"a scene may have at most {NOISE_VALUES // 3} pixels, not {width} x {height}")
    rng = np.random.default_rng([seed, number])
    brightness = float(rng.uniform(0, 255))
    picture = background(rng, height, width, brightness)
    ink = choose_ink(rng, brightness, style.contrast)
    for _ in range(rng.integers(0, style.distractors[0] + 1)):
        draw_line(rng, picture, tint(rng, float(rng.uniform(0, 255))))
    taken: list[Box] = []
    boxes: list[Box] = []
    classes: list[int] = []
    for _ in range(rng.integers(style.digits[0], style.digits[1] + 1)):
        digit, (mask, drawn) = _draw_digit(rng, sources, style)
        place = find_place(rng, mask, taken, style.size)
        if place is not None:
            colour = ink if rng.random() < 0.7 else choose_ink(rng, brightness, style.contrast)
            paint(picture, mask, place, colour)
            taken.append(moved((0, 0, mask.shape[1], mask.shape[0]), place))
            boxes.append(moved(drawn, place))
            classes.append(digit)
    _distract(rng, picture, taken, brightness, style)
    image = photograph(rng, picture, style)
    return Scene(image, np.array(boxes, np.float32).reshape(-1, 4), np.array(classes, np.int64))


def _draw_digit(rng: np.random.Generator, sources: Sequence[tuple[float, Glyphs]], style: Style) -> tuple[int, Stamp]:
    glyphs = _source(float(rng.random()), sources)
    digit = int(rng.integers(10))
    mask = glyphs.by_class[digit][int(rng.integers(len(glyphs.by_class[digit])))]
    low, high = np.log(style.height[0]), np.log(style.height[1])
    pose = Pose(
        height=style.size[1] * float(np.exp(rng.uniform(low, high))),
        stretch=float(style.stretch ** rng.uniform(-1, 1)),
        angle=float(rng.uniform(-style.angle, style.angle)),
        shear=float(rng.uniform(-style.shear, style.shear)),
        bend=style.bend * float(rng.random()),
        weight=float(rng.uniform(-style.weight, style.weight)),
    )
    return digit, stamp(mask, pose, glyphs.edge, rng)


def _source(at: float, sources: Sequence[tuple[float, Glyphs]]) -> Glyphs:
    for share, glyphs in sources:
        at -= share
        if at < 0:
            return glyphs
    return sources[-1][1]


def _distract(
    rng: np.random.Generator,
    picture: Picture,
    digits: Sequence[Box],
    brightness: float,
    style: Style,
) -> None:
    """Add shapes and letters in places without digits."""
    taken = list(digits)
    shapes, signs = (int(rng.integers(0, most + 1)) for most in style.distractors[1:])
    for number in range(shapes + signs):
        height = style.size[1] * float(rng.uniform(0.08, 0.3))
        mask = shape_mask(rng, round(height)) if number < shapes else letter_mask(rng, height)
        place = find_place(rng, mask, taken, style.size)
        if place is not None:
            paint(picture, mask, place, choose_ink(rng, brightness, 30.0))
            taken.append(moved((0, 0, mask.shape[1], mask.shape[0]), place))
