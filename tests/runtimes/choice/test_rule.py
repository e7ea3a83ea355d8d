"""Engines that are chosen by rule: without measuring, without a cache, the same every time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from darkcsp.benchmark.random_weights import write_random_weights
from darkcsp.detect import Classifier, Detector
from darkcsp.errors import ModelError
from darkcsp.graph import build_graph
from darkcsp.graph.reading import CfgReading
from darkcsp.modelfile.reading import read_onnx_file
from darkcsp.modelfile.targets import Target
from darkcsp.runtimes import BACKENDS, Runtime, engines_of, open_runtime
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.choice import contained, fastest, measuring, rule
from darkcsp.runtimes.choice.rule import in_order, open_by_rule
from darkcsp.runtimes.loading import candidates
from darkcsp.runtimes.source import ModelSource, OnnxSource, read_darknet
from darkcsp.to_onnx import convert
from darkcsp.workers import process
from tests.networks import CLASSIFIER, DETECTOR, write_files

NEW, CLASSIC, ORT = Candidate("opencv", "new"), Candidate("opencv", "classic"), Candidate("onnxruntime", "default")

needs_two = pytest.mark.skipif(len(engines_of("opencv")) < 2, reason="this OpenCV has one engine, which is not chosen")

HEAVY = "[net]\nwidth=64\nheight=64\nchannels=64\n" + 2 * (
    "[convolutional]\nfilters=64\nsize=3\nstride=1\npad=1\nactivation=leaky\n"
)
"""About 505 multiplications for each number that is moved."""

LIGHT = HEAVY.replace("size=3", "size=1")
"""About 63 of them."""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Measuring is allowed, and would be remembered in a folder of its own."""
    monkeypatch.delenv("DARKCSP_MEASURE")
    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def detector(tmp_path: Path) -> tuple[Path, Path]:
    return write_files(tmp_path, DETECTOR)


def test_opening_neither_times_nor_writes(
    detector: tuple[Path, Path], cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library call measures nothing, starts no process and writes no cache, however a model is opened."""
    model = convert(*detector, tmp_path / "x.onnx")
    cfg, weights = write_files(tmp_path, CLASSIFIER, "classifier")
    for place, name in ((fastest, "look"), (measuring, "take_turns"), (time, "perf_counter"), (process, "Worker")):
        monkeypatch.setattr(place, name, lambda *_: pytest.fail("measured"))
    opened: list[Callable[[], Runtime]] = [
        lambda: Detector().runtime,
        lambda: Detector(model).runtime,
        lambda: Detector(model, backend="auto").runtime,
        lambda: Detector(cfg=detector[0], weights=detector[1]).runtime,
        lambda: Classifier(cfg=cfg, weights=weights).runtime,
        lambda: open_runtime(model),
        lambda: open_runtime(cfg=cfg, weights=weights, backend="auto", workers=2),
    ]
    for open_it in opened:
        assert open_it().name == open_it().name
    assert not cache.exists()


@needs_two
@pytest.mark.parametrize(("text", "engine"), [(HEAVY, "classic"), (LIGHT, "new")])
def test_opencv_s_engine_depends_on_the_intensity(text: str, engine: str, tmp_path: Path) -> None:
    cfg = tmp_path / "x.cfg"
    cfg.write_text(text)
    graph = build_graph(cfg)
    write_random_weights(graph, tmp_path / "x.weights")
    source = read_darknet(cfg, tmp_path / "x.weights", "raw", CfgReading())
    assert source.intensity == graph.intensity == pytest.approx(505 if text == HEAVY else 63, rel=0.01)
    assert open_runtime(cfg=cfg, weights=tmp_path / "x.weights", head="raw").name == f"opencv/{engine}"


@needs_two
@pytest.mark.parametrize(("target", "engine"), [("portable", "new"), ("opencv", "new"), ("opencv-classic", "classic")])
def test_a_file_is_run_by_the_engine_that_it_was_written_for(
    target: Target, engine: str, detector: tuple[Path, Path], tmp_path: Path
) -> None:
    model = convert(*detector, tmp_path / "x.onnx", target=target)
    assert OnnxSource(read_onnx_file(model)).target == target
    assert open_runtime(model).name == f"opencv/{engine}"


@dataclass(frozen=True)
class Network:
    """What the rule looks at."""

    intensity: float | None = None
    target: Target | None = None


def _order(found: list[Candidate], **facts: Any) -> list[Candidate]:
    return in_order(found, cast(ModelSource, Network(**facts)))


@needs_two
def test_the_order() -> None:
    bound = next(engine.preferred_from for engine in BACKENDS["opencv"].engines() if engine.name == "classic")
    assert _order([NEW, CLASSIC], intensity=bound) == _order([CLASSIC, NEW], intensity=bound) == [CLASSIC, NEW]
    assert _order([NEW, CLASSIC], intensity=bound - 0.1) == [NEW, CLASSIC]
    assert _order([NEW, CLASSIC], target="onnxruntime") == [NEW, CLASSIC]


def test_backends_are_taken_in_the_order_of_their_speed() -> None:
    speeds = {name: backend.speed for name, backend in BACKENDS.items()}
    assert sorted(speeds, key=lambda name: speeds[name]) == ["openvino", "onnxruntime", "opencv", "torch"]
    assert _order([CLASSIC, ORT], intensity=1e9) == [ORT, CLASSIC]


@needs_two
def test_the_next_engine_is_tried(detector: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    source = read_darknet(*detector, "decoded", CfgReading())
    found = candidates(None, source)
    refusing = [str(candidate) for candidate in in_order(found, source)]
    original = contained.open_contained
    tried: list[str] = []

    def refuse(source: ModelSource, candidate: Candidate, threads: int | None, workers: int = 1) -> Runtime:
        tried.append(str(candidate))
        if str(candidate) in refusing:
            raise ModelError("", f"{candidate} is a steam engine")
        return original(source, candidate, threads, workers)

    monkeypatch.setattr(rule, "open_contained", refuse)
    last = refusing.pop()
    assert open_by_rule(source, found, None).name == last
    assert tried == [*refusing, last]
    refusing.append(last)
    with pytest.raises(ModelError, match="onnxruntime/default is a steam engine"):  # the most trusted one's error
        open_by_rule(source, found, None)
