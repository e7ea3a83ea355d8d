from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

from scripts.digits.batches import Scenes, collate
from scripts.digits.glyphs import Glyphs, handwritten, letters, printed, trim
from scripts.digits.measure import scenes_of
from scripts.digits.scenes import compose
from scripts.digits.stamp import INK, Pose, stamp
from scripts.digits.style import EVALUATION, TRAINING, Style


@pytest.mark.parametrize("style", [EVALUATION, TRAINING, Style(size=(320, 240))])
def test_boxes_lie_in_the_picture_and_apart(style: Style) -> None:
    for number in range(25):
        scene = compose(5, number, ((0.5, handwritten("held-out")), (0.5, printed())), style)
        assert scene.image.shape == (style.size[1], style.size[0], 3) and scene.image.dtype == np.uint8
        assert len(scene.boxes) == len(scene.classes) and set(scene.classes) <= set(range(10))
        assert (scene.boxes[:, :2] >= 0).all() and (scene.boxes[:, 2:] <= style.size).all()
        assert (scene.boxes[:, 2:] > scene.boxes[:, :2]).all()
        for first, box in enumerate(scene.boxes):
            for other in scene.boxes[:first]:
                sides = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
                assert (sides < 0).any()


def test_the_same_number_is_the_same_scene() -> None:
    sources = ((0.5, handwritten("training")), (0.5, printed()))
    first, again, other = (compose(3, number, sources, TRAINING) for number in (4, 4, 5))
    assert np.array_equal(first.image, again.image) and np.array_equal(first.boxes, again.boxes)
    assert not np.array_equal(first.image, other.image)
    assert not np.array_equal(first.image, compose(2, 4, sources, TRAINING).image)


def test_boxes_hold_the_ink() -> None:
    plain = replace(EVALUATION, distractors=(0, 0, 0), blur=0, noise=0, contrast=100)
    for number in range(20):
        rng = np.random.default_rng(number)
        digit = handwritten("held-out").by_class[int(rng.integers(10))][0]
        one = Glyphs(((digit,),) * 10, (0.2, 0.7))
        scene = compose(9, number, ((1.0, one),), replace(plain, digits=(1, 1)))
        x1, y1, x2, y2 = scene.boxes[0].astype(int)
        inside = scene.image[y1:y2, x1:x2].astype(float).std()
        assert inside > 10, "a box holds both ink and ground"


def test_held_out_digits_are_the_last_fifth_and_no_others() -> None:
    from sklearn.datasets import load_digits  # type: ignore[import-untyped]

    data = load_digits()
    training, held_out = handwritten("training"), handwritten("held-out")
    assert (len(training), len(held_out)) == (1438, 359)
    assert [len(masks) for masks in held_out.by_class] == np.bincount(data.target[1438:]).tolist()
    first = trim((data.images[1438] / 16).astype(np.float32))
    assert np.array_equal(held_out.by_class[data.target[1438]][0], first)


def test_every_font_has_every_digit() -> None:
    assert {len(masks) for masks in printed().by_class} == {len(printed().by_class[0])}
    assert len(printed()) >= 100 and len(letters()) > 300


@pytest.mark.parametrize("height", [12.0, 40.0, 120.0])
def test_a_stamp_has_the_height_that_was_asked_for(height: float) -> None:
    mask = np.pad(np.ones((8, 4), np.float32), 1)
    result = stamp(mask, Pose(height), (0.2, 0.7), np.random.default_rng(0))
    left, top, right, bottom = result.ink
    assert bottom - top == pytest.approx(height, rel=0.15, abs=1.5)
    assert right - left == pytest.approx(height / 2, rel=0.25, abs=1.5)
    assert result.mask.max() == 1 and 0 <= left < right <= result.mask.shape[1]
    outside = result.mask.copy()
    outside[top:bottom, left:right] = 0
    assert outside.max() <= INK < min(result.mask[top].max(), result.mask[:, right - 1].max())


def test_training_and_evaluation_series_differ() -> None:
    assert not np.array_equal(scenes_of("training", 1)[0].image, scenes_of("held-out", 1)[0].image)


def test_batches_are_rgb_and_padded() -> None:
    scenes = [Scenes(1, range(4), 192)[number] for number in range(4)]
    batch = collate(scenes)
    most = max(len(scene.boxes) for scene in scenes)
    assert batch.images.shape == (4, 3, 192, 192) and batch.boxes.shape == (4, most, 4)
    assert np.array_equal(batch.images[2].numpy().transpose(1, 2, 0)[..., ::-1], scenes[2].image)
    for row, scene in enumerate(scenes):
        assert np.array_equal(batch.boxes[row, : len(scene.boxes)].numpy(), scene.boxes)
        assert not batch.boxes[row, len(scene.boxes) :].any()


def test_a_scene_beyond_the_stock_of_noise_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        compose(0, 0, ((1.0, printed()),), replace(EVALUATION, size=(4000, 3000)))
