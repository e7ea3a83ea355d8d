"""The choice among engines that were measured: the fastest that is right."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.choice.measuring import Trial
from darkcsp.runtimes.choice.selecting import Findings, choose, explanation

NEW, CLASSIC = Candidate("opencv", "new"), Candidate("opencv", "classic")
ORT = Candidate("onnxruntime", "default")


def _trial(seconds: float, value: float = 1) -> Trial:
    return Trial(seconds, (np.full((1, 10), value, np.float32),))


def _nobody() -> Trial | None:
    raise AssertionError("asked the referee without need")


def test_the_fastest_is_chosen() -> None:
    findings = Findings({ORT: _trial(3), NEW: _trial(2), CLASSIC: _trial(1)})
    assert choose(findings, _nobody) == CLASSIC
    assert findings.left_out == {}
    assert choose(Findings(), _nobody) is None


def test_who_disagrees_with_the_most_trusted_is_left_out() -> None:
    findings = Findings({ORT: _trial(3), NEW: _trial(2), CLASSIC: _trial(1, 1.1)})
    assert choose(findings, lambda: None) == NEW
    assert findings.left_out == {CLASSIC: "its outputs differ"}
    assert list(findings.measured) == [ORT, NEW]


@pytest.mark.parametrize(
    ("verdict", "chosen"), [(1, NEW), (2, CLASSIC), (None, NEW), (7, NEW)], ids=["first", "second", "no", "neither"]
)
def test_a_referee_decides_between_opencv_s_engines(verdict: float | None, chosen: Candidate) -> None:
    findings = Findings({NEW: _trial(2, 1), CLASSIC: _trial(1, 2)})
    assert choose(findings, lambda: None if verdict is None else _trial(9, verdict)) == chosen
    assert len(findings.left_out) == 1


def test_the_explanation_gives_figures_and_reasons() -> None:
    text = explanation("x.onnx", NEW, {"opencv/new": 20.5, "opencv/classic": 30.25}, {ORT: "cannot read it"})
    assert text == (
        "x.onnx: opencv/new is used, measured at 20.5 ms a picture; opencv/classic 30.2 ms; "
        "onnxruntime/default is left out: cannot read it"
    )
