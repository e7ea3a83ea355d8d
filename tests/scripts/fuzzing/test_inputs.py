"""Damaged files of every kind: taken, or refused with one line, soon and in little memory. See scripts/fuzz."""

from __future__ import annotations

import time
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("torch")
pytest.importorskip("safetensors")

from darkcsp.errors import ModelError
from scripts.fuzzing.inputs import judging, running, targets
from scripts.fuzzing.inputs.corpus import FOLDER, kept
from scripts.fuzzing.inputs.judging import fault
from scripts.fuzzing.inputs.mutating import MOST_BYTES, damaged
from scripts.fuzzing.inputs.targets import TARGETS
from tests.scripts.fuzzing import dying

FILES = {"engine": 4, "cfg": 1500, "onnx": 1500, "weights": 1500, "picture": 1500}
"""Damaged files for each reader, so that all take about two minutes; 500 for the others."""

PATIENCE = 10.0
"""Seconds of a processor for one file: scripts/fuzz allows 2, on a machine that does nothing else."""


@pytest.mark.parametrize("target", TARGETS)
def test_damaged_files(target: str) -> None:
    kind = TARGETS[target]
    files, tokens = kind.files(), kind.tokens()
    for data in files:
        assert fault(kind.check, data, kind.seconds or PATIENCE) is None

    @settings(
        max_examples=FILES.get(target, 500),
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def check(random: object) -> None:
        data = damaged(random, files, tokens)  # type: ignore[arg-type]  # hypothesis's own Random
        assert fault(kind.check, data, kind.seconds or PATIENCE) is None, data

    check()


@pytest.mark.parametrize("path", [path for target in TARGETS for path in kept(target)], ids=lambda path: path.name)
def test_files_that_went_wrong_once(path: Path) -> None:
    kind = TARGETS[path.parent.name]
    assert fault(kind.check, path.read_bytes(), kind.seconds or PATIENCE) is None


def test_every_folder_of_the_corpus_has_a_reader() -> None:
    assert {path.name for path in FOLDER.iterdir()} <= set(TARGETS)


def _raises(error: Exception) -> judging.Check:
    def check(data: bytes) -> None:
        raise error

    return check


def _busy(data: bytes) -> None:
    end = time.thread_time() + 0.2
    while time.thread_time() < end:
        pass


@pytest.mark.parametrize(
    ("check", "problem"),
    [
        (_raises(ModelError("x.onnx", "is empty")), None),
        (_raises(ValueError("foreign")), "ValueError: foreign"),
        (_raises(MemoryError()), "MemoryError"),
        (lambda data: warnings.warn("two\nlines", stacklevel=1), "no printable line"),
        (_busy, "takes 0.2 s"),
        (lambda data: None, "takes 40 MB"),
    ],
    ids=["refused", "foreign", "memory error", "two lines", "slow", "large"],
)
def test_what_is_wrong_is_found(check: judging.Check, problem: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "SECONDS", 0.1)
    monkeypatch.setattr(judging, "MEMORY", 20_000_000)
    peaks = iter([0, 40_000_000])
    if problem == "takes 40 MB":
        monkeypatch.setattr(judging, "peak", lambda: next(peaks))
    found = fault(check, b"")
    assert (found is None) if problem is None else problem in (found or "")


def test_files_that_kill_the_process_are_found_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "TARGETS", dying.MORTAL)
    deadly = [seed for seed in range(6) if dying.is_deadly(running.make("mortal", seed))]
    assert deadly
    *found, tried = running.run("mortal", 0, 6, module=dying.__name__)
    assert tried == 6
    assert [(item.seed, item.problem) for item in found if isinstance(item, running.Fault)] == [
        (seed, "the process ends with 9") for seed in deadly
    ]


@given(st.randoms(use_true_random=False), st.lists(st.binary(max_size=40), min_size=1))
def test_damage_stays_in_bounds(random: object, files: list[bytes]) -> None:
    assert len(damaged(random, files, [])) <= MOST_BYTES  # type: ignore[arg-type]


def test_equal_seeds_make_equal_files() -> None:
    assert running.make("names", 5) == running.make("names", 5)
