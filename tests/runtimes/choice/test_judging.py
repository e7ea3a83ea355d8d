"""Who must be judged, and what counts as the same outputs in each precision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from darkcsp.arrays import Array
from darkcsp.modelfile.forms import Precision
from darkcsp.modelfile.metadata import HeadInfo, Metadata
from darkcsp.modelfile.options import Suppression
from darkcsp.runtimes.choice.judging import agree, needs_judge
from darkcsp.spec.shape import Shape

FP32 = Metadata("detector", "decoded", Shape(3, 8, 8), heads=(HeadInfo("yolo", 20),))
INT8 = replace(FP32, precision="int8")
FINAL = replace(INT8, head="nms", suppression=Suppression())


def test_agreement() -> None:
    values = np.linspace(-5, 5, 5000, dtype=np.float32)
    assert agree([values, values], [values * 1.0005, values + 0.0005], FP32)
    assert not agree([values], [values * 1.01], FP32)
    assert not agree([values], [values[:-1]], FP32)
    assert not agree([values], [values, values], FP32)
    stray = values.copy()
    stray[:5] = 9
    assert agree([values], [stray], FP32)
    stray[:6] = 9
    assert not agree([values], [stray], FP32)
    lost = values.copy()
    lost[::2] = np.nan
    assert not agree([values], [lost], FP32)
    assert agree([lost], [lost], FP32)


@pytest.mark.parametrize(("precision", "apart"), [("fp16", 0.01), ("int8", 0.1)])
def test_in_lower_precision_values_may_lie_apart_by_a_part_of_their_spread(precision: Precision, apart: float) -> None:
    metadata = replace(FP32, precision=precision)
    values = np.random.default_rng(0).normal(0, 5, (1, 200, 25)).astype(np.float32)
    noise = np.random.default_rng(1).normal(0, 5, values.shape).astype(np.float32)
    assert agree([values], [values + 0.9 * apart * noise], metadata)
    assert not agree([values], [values + 1.2 * apart * noise], metadata)
    assert not agree([values], [values + 0.9 * apart * noise], FP32)
    assert not agree([values], [values, values], metadata)
    assert not agree([values], [values[:, :-1]], metadata)
    lost = values.copy()
    lost[0, 0] = np.nan
    assert not agree([values], [lost], metadata)
    assert agree([lost], [lost], metadata)


def test_boxes_from_nowhere_are_no_rounding() -> None:
    rows = np.zeros((1, 2000, 25), np.float32)
    rows[..., :4] = np.random.default_rng(0).random((2000, 4))
    wrong = rows.copy()
    wrong[:, :430, 4:6] = 1
    assert not agree([rows], [wrong], INT8)


def test_final_boxes_close_to_the_threshold_come_and_go() -> None:
    boxes = _boxes(0.9, 0.8, 0.7)
    assert agree([boxes], [_boxes(0.8, 0.95, 0.6)], FINAL)
    assert agree([boxes], [_boxes(0.9, 0.8, 0.7, 0.26)], FINAL)
    assert agree([_boxes()], [_boxes(0.27)], FINAL)
    assert agree([_boxes()], [_boxes()], FINAL)
    assert not agree([boxes], [_boxes(*[1.0] * 430)], FINAL)
    assert not agree([boxes], [_boxes()], FINAL)
    assert not agree([boxes], [_boxes(0.9, 0.8, 0.7, 0.26)], FP32)


def _boxes(*scores: float) -> Array:
    boxes = np.full((len(scores), 7), 0.5, np.float32)
    boxes[:, 2] = scores
    return boxes


def test_the_judge_is_asked_where_nobody_else_can_tell() -> None:
    values, others = [np.ones((1, 10), np.float32)], [np.zeros((1, 10), np.float32)]
    assert not needs_judge([values, values], FP32)
    assert needs_judge([values, values], INT8)
    assert needs_judge([values, values], replace(FP32, precision="fp16"))
    assert needs_judge([values, values, others], FP32)
    assert needs_judge([values], FP32)
    lost = [np.full((1, 10), np.nan, np.float32)]
    assert needs_judge([lost, lost], FP32)
