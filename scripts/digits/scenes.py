"""Scenes: digits in pictures, with their boxes. The same seed and number always give the same scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from scripts.digits.backgrounds import Picture, background, tint
from scripts.digits.distractors import draw_line, letter_mask, shape_mask
from scripts.digits.glyphs import Glyphs, Mask
from scripts.digits.stamp import Pose, Stamp, stamp

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

NOISE_VALUES = 1 << 22
"""Values of the stock of noise."""

TRIES = 15
"""Places that are tried for a digit before it is left out."""


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


@dataclass(frozen=True)
class Scene:
    """A picture and what is in it.

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
        seed: names the series.
        number: of the scene in it.
        sources: (share, glyphs) pairs that digits are drawn from; shares sum to 1.
        style: what the scene is like.

    Raises:
        ValueError: the style's size is beyond the stock of noise.
    """
    width, height = style.size
    if 3 * width * height > NOISE_VALUES:
        raise ValueError(f"a scene has at most {NOISE_VALUES // 3} pixels, not {width} x {height}")
    rng = np.random.default_rng([seed, number])
    brightness = float(rng.uniform(0, 255))
    picture = background(rng, height, width, brightness)
    ink = _ink(rng, brightness, style.contrast)
    for _ in range(rng.integers(0, style.distractors[0] + 1)):
        draw_line(rng, picture, tint(rng, float(rng.uniform(0, 255))))
    taken: list[Box] = []
    boxes: list[Box] = []
    classes: list[int] = []
    for _ in range(rng.integers(style.digits[0], style.digits[1] + 1)):
        digit, (mask, drawn) = _draw_digit(rng, sources, style)
        place = _free_place(rng, mask, taken, style)
        if place is not None:
            colour = ink if rng.random() < 0.7 else _ink(rng, brightness, style.contrast)
            _paint(picture, mask, place, colour)
            taken.append(_moved((0, 0, mask.shape[1], mask.shape[0]), place))
            boxes.append(_moved(drawn, place))
            classes.append(digit)
    _distract(rng, picture, taken, brightness, style)
    image = _photograph(rng, picture, style)
    return Scene(image, np.array(boxes, np.float32).reshape(-1, 4), np.array(classes, np.int64))


def _ink(rng: np.random.Generator, ground: float, contrast: float) -> npt.NDArray[np.float32]:
    """A colour that stands out from the ground, darker or lighter as there is room."""
    darker, lighter = max(ground - contrast, 0), max(255 - ground - contrast, 0)
    at = rng.uniform(0, darker + lighter)
    return tint(rng, at if at < darker else ground + contrast + at - darker)


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


def _free_place(rng: np.random.Generator, mask: Mask, taken: Sequence[Box], style: Style) -> tuple[int, int] | None:
    """The (x, y) of a place inside the picture, clear of what stands there; None where none is found."""
    h, w = mask.shape
    width, height = style.size
    gap = 1 + height // 96
    if w + 2 > width or h + 2 > height:
        return None
    for _ in range(TRIES):
        x, y = int(rng.integers(1, width - w)), int(rng.integers(1, height - h))
        if all(x >= x2 + gap or x + w + gap <= x1 or y >= y2 + gap or y + h + gap <= y1 for x1, y1, x2, y2 in taken):
            return x, y
    return None


def _moved(box: Box, by: tuple[int, int]) -> Box:
    return (box[0] + by[0], box[1] + by[1], box[2] + by[0], box[3] + by[1])


def _paint(picture: Picture, mask: Mask, place: tuple[int, int], colour: npt.NDArray[np.float32]) -> None:
    x, y = place
    region = picture[y : y + mask.shape[0], x : x + mask.shape[1]]
    region += mask[..., None] * (colour - region)


def _distract(
    rng: np.random.Generator,
    picture: Picture,
    digits: Sequence[Box],
    brightness: float,
    style: Style,
) -> None:
    """Put shapes and letters where no digit is."""
    taken = list(digits)
    shapes, signs = (int(rng.integers(0, most + 1)) for most in style.distractors[1:])
    for number in range(shapes + signs):
        height = style.size[1] * float(rng.uniform(0.08, 0.3))
        mask = shape_mask(rng, round(height)) if number < shapes else letter_mask(rng, height)
        place = _free_place(rng, mask, taken, style)
        if place is not None:
            _paint(picture, mask, place, _ink(rng, brightness, 30.0))
            taken.append(_moved((0, 0, mask.shape[1], mask.shape[0]), place))


def _photograph(rng: np.random.Generator, picture: Picture, style: Style) -> npt.NDArray[np.uint8]:
    """Blur, noise, 8 bits."""
    sigma = float(rng.uniform(0, style.blur)) * style.size[1] / 192
    if sigma > 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    deviation = float(rng.uniform(0, style.noise))
    start = int(rng.integers(NOISE_VALUES - picture.size + 1))
    noise = _noise()[start : start + picture.size].reshape(picture.shape)
    picture = picture + noise * np.float32(deviation)
    picture += np.float32(0.5)
    return np.clip(picture, 0, 255, out=picture).astype(np.uint8)


@cache
def _noise() -> npt.NDArray[np.float32]:
    """Normal noise that scenes take their stretch of: drawing it anew would cost as much as all the rest."""
    return np.random.default_rng(0).standard_normal(NOISE_VALUES, np.float32)
