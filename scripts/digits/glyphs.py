"""Masks of digits: handwritten ones from scikit-learn's load_digits, and printed ones from the available fonts.

A mask is a float32 array (h, w) of ink, 0..1, cropped to its ink plus one empty pixel around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.float32]

HELD_OUT_SHARE = 0.2
"""Share of the handwritten digits that training never sees: the last ones in load_digits' order."""

HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_PLAIN,
)
FONT_HEIGHT = 96
"""Size in pixels at which fonts are rendered. Digits in scenes are smaller."""

LETTERS = "ACEFHKMNPRVWXadefhkmnprtwx&%#@"
"""Characters that do not look like digits."""


@dataclass(frozen=True)
class Glyphs:
    """Masks to draw digits from.

    Attributes:
        by_class: for each digit 0..9, its masks.
        edge: ink values that count as empty and as full; values between them are the edge of a stroke.
    """

    by_class: tuple[tuple[Mask, ...], ...]
    edge: tuple[float, float]

    def __len__(self) -> int:
        return sum(len(masks) for masks in self.by_class)


@cache
def handwritten(part: str) -> Glyphs:
    """Return the handwritten digits of a part: "training" (the first 80 %) or "held-out" (the last 20 %)."""
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]

    data = load_digits()
    first_held_out = round(len(data.target) * (1 - HELD_OUT_SHARE))
    chosen = {"training": slice(0, first_held_out), "held-out": slice(first_held_out, None)}[part]
    masks: list[list[Mask]] = [[] for _ in range(10)]
    for picture, digit in zip(data.images[chosen], data.target[chosen], strict=True):
        masks[digit].append(trim((picture / 16).astype(np.float32)))
    return Glyphs(tuple(map(tuple, masks)), edge=(0.2, 0.7))


@cache
def printed() -> Glyphs:
    """Return the digits of matplotlib's DejaVu fonts and of OpenCV's Hershey fonts."""
    return Glyphs(tuple(tuple(rendered(str(digit))) for digit in range(10)), edge=(0.0, 1.0))


@cache
def letters() -> tuple[Mask, ...]:
    """Return letters and signs from the same fonts, as distractors."""
    return tuple(mask for letter in LETTERS for mask in rendered(letter))


def rendered(text: str) -> list[Mask]:
    """Return a text in every font, in two weights if the font consists of strokes."""
    masks = [_render_file(path, text) for path in _font_files()]
    return masks + [_render_strokes(font, text, thickness) for font in HERSHEY for thickness in (2, 6)]


def trim(mask: Mask, least: float = 0.1) -> Mask:
    """Crop a mask to the ink above `least`, and add one empty pixel around it."""
    rows, columns = np.nonzero(mask.max(1) > least)[0], np.nonzero(mask.max(0) > least)[0]
    cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(cut, 1)


@cache
def _font_files() -> Sequence[Path]:
    """Return the DejaVu text fonts; the other fonts in the folder have only mathematical symbols."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return sorted(path for path in folder.glob("DejaVu*.ttf") if "Display" not in path.stem)


def _render_file(path: Path, text: str) -> Mask:
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("L", (2 * FONT_HEIGHT, 2 * FONT_HEIGHT))
    font = ImageFont.truetype(str(path), FONT_HEIGHT)
    ImageDraw.Draw(picture).text((FONT_HEIGHT // 2, FONT_HEIGHT // 4), text, fill=255, font=font)
    return trim(np.asarray(picture, np.float32) / np.float32(255))


def _render_strokes(font: int, text: str, thickness: int) -> Mask:
    picture = np.zeros((2 * FONT_HEIGHT, 2 * FONT_HEIGHT), np.uint8)
    (_, height), _ = cv2.getTextSize(text, font, 1, thickness)
    scale = 0.75 * FONT_HEIGHT / height
    place = (FONT_HEIGHT // 2, 3 * FONT_HEIGHT // 2)
    cv2.putText(picture, text, place, font, scale, 255, thickness, cv2.LINE_AA)
    return trim(picture.astype(np.float32) / np.float32(255))
