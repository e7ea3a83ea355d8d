"""The choice among engines that were measured: the fastest that is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from darkcsp.arrays import Array
from darkcsp.modelfile.metadata import Metadata
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.choice.measuring import Trial
from darkcsp.runtimes.choice.selecting import Findings, choose, explanation
from darkcsp.spec.shape import Shape

NEW, CLASSIC = Candidate("opencv", "new"), Candidate("opencv", "classic")
ORT = Candidate("onnxruntime", "default")
FP32 = Metadata("classifier", "decoded", Shape(3, 8, 8))
INT8 = replace(FP32, precision="int8")


def _trial(seconds: float, value: float = 1) -> Trial:
    return Trial(seconds, _outputs(value))


def _outputs(value: float) -> tuple[Array, ...]:
    return (np.full((1, 10), value, np.float32),)


def _nobody() -> Sequence[Array] | None:
    raise AssertionError("asked the judge without need")


def test_the_fastest_is_chosen() -> None:
    findings = Findings({ORT: _trial(3), NEW: _trial(2), CLASSIC: _trial(1)})
    assert choose(findings, _nobody, FP32) == CLASSIC
    assert findings.left_out == {}
    assert choose(Findings(), _nobody, FP32) is None


def test_who_disagrees_with_the_most_trusted_is_left_out() -> None:
    findings = Findings({ORT: _trial(3), NEW: _trial(2), CLASSIC: _trial(1, 1.1)})
    assert choose(findings, lambda: None, FP32) == NEW
    assert findings.left_out == {CLASSIC: "its outputs differ"}
    assert list(findings.measured) == [ORT, NEW]


@pytest.mark.parametrize(
    ("verdict", "chosen"), [(1, NEW), (2, CLASSIC), (None, NEW), (7, None)], ids=["first", "second", "no", "neither"]
)
def test_the_judge_decides_between_opencv_s_engines(verdict: float | None, chosen: Candidate | None) -> None:
    findings = Findings({NEW: _trial(2, 1), CLASSIC: _trial(1, 2)})
    assert choose(findings, lambda: None if verdict is None else _outputs(verdict), FP32) == chosen
    assert len(findings.left_out) == (1 if chosen else 2)


def test_engines_that_agree_in_int8_are_wrong_all_the_same_if_the_judge_says_so() -> None:
    findings = Findings({NEW: _trial(2), CLASSIC: _trial(1)})
    assert choose(findings, lambda: _outputs(7), INT8) is None
    assert findings.left_out == {NEW: "its outputs differ", CLASSIC: "its outputs differ"}
    assert choose(Findings({NEW: _trial(2), CLASSIC: _trial(1)}), lambda: _outputs(1), INT8) == CLASSIC


def test_a_single_engine_is_not_believed_unheard() -> None:
    assert choose(Findings({NEW: _trial(2)}), lambda: _outputs(7), FP32) is None
    assert choose(Findings({NEW: _trial(2)}), lambda: _outputs(1), FP32) == NEW
    assert choose(Findings({NEW: _trial(2)}), lambda: None, FP32) == NEW


def test_the_explanation_gives_figures_and_reasons() -> None:
    text = explanation("x.onnx", NEW, {"opencv/new": 20.5, "opencv/classic": 30.25}, {ORT: "cannot read it"})
    assert text == (
        "x.onnx: opencv/new is used, measured at 20.5 ms a picture; opencv/classic 30.2 ms; "
        "onnxruntime/default is left out: cannot read it"
    )
