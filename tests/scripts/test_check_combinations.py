"""Whatever `darkcsp convert` writes of the default model is right on an engine, or the engine refuses it by name."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from darkcsp.detect import Detections
from darkcsp.precision.costs import detector_cost
from darkcsp.runtimes import engines_of
from darkcsp.runtimes.backend import Candidate
from scripts.check.combinations.__main__ import PAGE
from scripts.check.combinations.forms import DIGITS, EVERY_FORM, Checkpoint, Form, Written, write_forms
from scripts.check.combinations.page import page
from scripts.check.combinations.running import Found, Result, compare, is_right, judged, run_forms

NEW, CLASSIC, ORT = (Candidate(*name.split("/")) for name in ("opencv/new", "opencv/classic", "onnxruntime/default"))
FEW = Checkpoint(DIGITS.cfg, DIGITS.weights, DIGITS.pictures[:1])
SOME = [
    Form("fp32", None, "decoded"),
    Form("fp32", "opencv", "nms"),
    Form("fp32", "opencv-classic", "raw", "uint8"),
    Form("fp32", "portable", "opencv4"),
    Form("fp16", "onnxruntime", "decoded"),
    Form("fp16", "portable", "nms", "uint8"),
    Form("int8", "portable", "decoded"),
    Form("int8", "opencv", "nms"),
    Form("int8", "openvino", "raw"),
]
"""One of each kind that an engine has got wrong, and of each precision, target, head and input."""

REFUSED = {
    NEW: [form for form in SOME if form.precision == "int8"],
    CLASSIC: [form for form in SOME if form.head == "nms" or form[:2] == ("fp16", "onnxruntime")],
}


def wrong(results: list[Result]) -> list[str]:
    return [f"{result.form} on {result.engine}: {result.wrong}" for result in results if result.wrong]


@pytest.mark.skipif(len(engines_of("opencv")) < 2, reason="what this OpenCV's engine refuses is another list")
def test_some_of_each_kind_are_right_or_refused(tmp_path: Path) -> None:
    results = compare(FEW, write_forms(FEW, SOME, tmp_path))
    assert wrong(results) == []
    found = {engine: [item.form for item in results if item.engine == engine and item.refusal] for engine in REFUSED}
    assert found == REFUSED
    assert not any(item.refusal for item in results if item.engine not in REFUSED)
    assert all("use " in item.refusal and "--backend onnxruntime" in item.refusal for item in results if item.refusal)


@pytest.mark.slow
def test_all_are_right_or_refused_and_the_page_says_so(tmp_path: Path) -> None:
    results = compare(DIGITS, write_forms(DIGITS, EVERY_FORM, tmp_path))
    assert wrong(results) == []
    text, known = page(results), PAGE.read_text()
    if known.split("\n| precision", 1)[0] == text.split("\n| precision", 1)[0]:  # by the same versions
        assert text == known


def test_the_page_has_every_form_and_nothing_wrong() -> None:
    text = PAGE.read_text()
    assert "wrong**" not in text
    lines = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    places = {
        (precision, target, head)
        for precision, targets, heads, *_ in lines[1:]
        for target in targets.split(", ")
        for head in heads.split(", ")
    }
    assert places == {(f"| {form.precision}", form.target or "cfg and weights", form.head) for form in EVERY_FORM}


# What would be wrong is found


def boxes(count: int, shift: float = 0, confidence: float = 0.9) -> Detections:
    corners = np.arange(count, dtype=np.float32)[:, None] * 50 + np.array([0, 0, 40, 40], np.float32) + shift
    return Detections(corners, np.full(count, confidence, np.float32), np.zeros(count, np.int64))


@pytest.mark.parametrize(
    ("found", "right"),
    [
        (boxes(20), True),
        (boxes(20, shift=1), True),
        (boxes(20, shift=3), False),
        (boxes(20, confidence=0.8), False),
        (boxes(19), False),
        (boxes(21), False),
    ],
)
def test_float_is_unchanged(found: Detections, right: bool) -> None:
    assert is_right(detector_cost([boxes(20)], [found]), None) == right


@pytest.mark.parametrize(
    ("count", "right"), [(20, True), (17, True), (16, False), (22, True), (23, False), (430, False)]
)
def test_int8_keeps_what_its_report_says(count: int, right: bool) -> None:
    promised = detector_cost([boxes(20)], [boxes(19)])
    assert is_right(detector_cost([boxes(20)], [boxes(count)]), promised) == right


def test_only_a_refusal_when_it_is_opened_is_one() -> None:
    item, reference = Written(SOME[0], {}), Found("ran", "", (boxes(3),))
    assert judged(item, ORT, Found("refused", "x.onnx: no"), reference) == Result(SOME[0], ORT, "x.onnx: no")
    assert judged(item, ORT, reference, reference) == Result(SOME[0], ORT)
    for outcome in ("failed", "crashed"):
        assert judged(item, ORT, Found(outcome, "why"), reference).wrong == f"{outcome}: why"
    assert judged(item, ORT, Found("ran", "", (boxes(430),)), reference).wrong.startswith("3 of 3 detections")


CRASHING = """
import os
import numpy as np
from darkcsp.workers.serving import Opened, serve

def crash(arguments):
    if arguments["model"] == "bad":
        os.kill(os.getpid(), 11)
    return [np.array("refused"), np.array(arguments["model"])]

def open_forms(options):
    answers = (crash(form) for form in options["forms"])
    return Opened("x", lambda: next(answers))

serve(open_forms)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are Unix's")
def test_a_crash_is_one_form_s() -> None:
    written = [Written(SOME[0], {"model": name}) for name in ("a", "bad", "b", "bad")]
    found = run_forms(DIGITS, ORT, written, (sys.executable, "-c", CRASHING))
    assert [item.outcome for item in found] == ["refused", "crashed", "refused", "crashed"]
    assert [item.message for item in found] == [
        "a", "its process ended with signal 11", "b", "its process ended with signal 11"
    ]  # fmt: skip


def test_the_page_joins_what_is_the_same() -> None:
    refusal = "/tmp/x.onnx: cannot; use backend 'onnxruntime'"
    results = [
        Result(Form("int8", "portable", "decoded"), ORT),
        Result(Form("int8", "portable", "decoded", "uint8"), ORT, wrong="crashed"),
        Result(Form("int8", "portable", "raw"), ORT),
        Result(Form("int8", "portable", "nms"), ORT),
        Result(Form("int8", "portable", "decoded"), CLASSIC),
        Result(Form("int8", "portable", "raw"), CLASSIC, refusal),
        Result(Form("int8", "portable", "nms"), CLASSIC, refusal),
        Result(Form("fp32", "portable", "decoded"), ORT),
        Result(Form("fp32", "opencv", "decoded"), ORT),
    ]
    lines = page(results).splitlines()
    table = [line for line in lines if line.startswith("| ")]
    assert table == [
        "| precision | target | head | onnxruntime/default | opencv/classic |",
        "| int8 | portable | decoded | yes, **wrong** | yes |",
        "| int8 | portable | raw, nms | yes | 1 |",
        "| fp32 | portable, opencv | decoded | yes |  |",
    ]
    assert lines[-1] == "1. cannot"
