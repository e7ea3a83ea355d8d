"""Engines that are chosen by measuring: who is measured, who is left out, what is remembered and told."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from darkcsp.arrays import Array
from darkcsp.errors import ModelError
from darkcsp.graph.reading import CfgReading
from darkcsp.modelfile.reading import read_onnx_file
from darkcsp.precision import convert_precision
from darkcsp.runtimes import BACKENDS, backends, engines_of, loading, open_runtime
from darkcsp.runtimes.backend import AUTO, Backend, Candidate, Engine
from darkcsp.runtimes.choice import cache as cache_module
from darkcsp.runtimes.choice import fastest
from darkcsp.runtimes.choice.measuring import outputs_apart
from darkcsp.runtimes.choice.selecting import Findings
from darkcsp.runtimes.loading import candidates, open_candidate
from darkcsp.runtimes.source import OnnxSource, read_darknet
from darkcsp.to_onnx import convert
from tests.modules import HAS_TORCH
from tests.networks import DETECTOR, write_files

Files = tuple[Path, Path]
ENGINES = engines_of("opencv")
NEW, CLASSIC = Candidate("opencv", "new"), Candidate("opencv", "classic")
ORT = Candidate("onnxruntime", "default")

needs_two = pytest.mark.skipif(len(ENGINES) < 2, reason="this OpenCV has one engine, which is not measured")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("detector"), DETECTOR)


@pytest.fixture
def model(files: Files, tmp_path: Path) -> Path:
    return convert(*files, tmp_path / "x.onnx")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Measuring is allowed, and remembers in a folder of its own."""
    monkeypatch.delenv("DARKCSP_MEASURE")
    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "choices"


# Which there are


def test_candidates_change_no_numbers_and_start_at_once(model: Path, files: Files) -> None:
    names = {str(item) for item in candidates(None, OnnxSource(read_onnx_file(model)))}
    assert {"opencv/classic", "onnxruntime/default"} <= names
    assert names.isdisjoint({"openvino/bf16", "torch/compile", "torch/eager"})  # the last runs no ONNX files
    source = read_darknet(*files, "decoded", CfgReading())
    assert {str(item) for item in candidates(None, source)} == names | ({"torch/eager"} if HAS_TORCH else set())
    if HAS_TORCH:
        assert candidates("torch", source) == [Candidate("torch", "eager")]


def test_engines_of_one_thread_pool_are_measured_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fastest.share_threads([CLASSIC, CLASSIC])
    assert not fastest.share_threads([CLASSIC, ORT])
    assert not fastest.share_threads([ORT, Candidate("onnxruntime", "other")])
    ort = Engine("ort", own_threads=True)
    opencv = replace(BACKENDS["opencv"], engines=lambda: (Engine("new"), Engine("classic"), ort))
    monkeypatch.setattr(fastest, "BACKENDS", {"opencv": opencv})
    assert fastest.share_threads([NEW, CLASSIC])
    assert not fastest.share_threads([NEW, Candidate("opencv", "ort")])


def test_the_most_trusted_backend_is_the_judge(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = OnnxSource(read_onnx_file(model))
    verdict = (np.ones(1, np.float32),)
    asked: list[Candidate] = []

    def ask(source: OnnxSource, candidate: Candidate, threads: int | None) -> tuple[Array, ...]:
        asked.append(candidate)
        return verdict

    monkeypatch.setattr(fastest, "outputs_apart", ask)
    assert fastest._judge(source, [NEW, CLASSIC], None) is verdict
    assert asked == [Candidate("onnxruntime", "auto")]
    assert fastest._judge(source, [ORT, NEW], None) is None  # has been heard
    monkeypatch.setattr(Backend, "is_installed", lambda backend: False)
    assert fastest._judge(source, [NEW, CLASSIC], None) is None
    assert len(asked) == 1


# Opening


def test_measuring_can_be_forbidden(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fastest, "look", lambda *_: pytest.fail("measured"))
    for backend in ("opencv", AUTO):
        by_rule = open_runtime(model, backend=backend)
        assert open_runtime(model, backend=backend, engine="fastest").name == by_rule.name


@needs_two
def test_opencv_s_engines_are_measured_once(
    model: Path, cache: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "darkcsp")
    runtime = open_runtime(model, engine="fastest", threads=1)
    assert runtime.name.split("/")[1] in ENGINES
    (record,) = caplog.messages
    assert f"{model}: {runtime.name} is used, measured at " in record
    assert all(f"opencv/{engine} " in record for engine in ENGINES)
    (file,) = cache.iterdir()
    assert json.loads(file.read_text())["chosen"] == runtime.name
    monkeypatch.setattr(fastest, "look", lambda *_: pytest.fail("measured again"))
    assert open_runtime(model, engine="fastest", threads=1).name == runtime.name
    assert len(caplog.messages) == 1
    picture = np.random.default_rng(0).random((1, 3, 32, 32), np.float32)
    want = open_runtime(model, backend="onnxruntime").run(picture)[0]
    np.testing.assert_allclose(runtime.run(picture)[0], want, rtol=1e-4, atol=1e-5)


@needs_two
def test_what_is_remembered_and_no_longer_opens_is_measured_again(model: Path, cache: Path) -> None:
    runtime = open_runtime(model, engine="fastest")
    (file,) = cache.iterdir()
    for content in (b"no choice", file.read_bytes().replace(runtime.name.encode(), b"opencv/steam")):
        file.write_bytes(content)
        assert open_runtime(model, engine="fastest").name.startswith("opencv/")
        assert json.loads(file.read_text())["chosen"].startswith("opencv/")
        assert "steam" not in file.read_text()


@needs_two
@pytest.mark.parametrize("place", ["a file", "cache\0", "read only"])
def test_a_cache_that_cannot_be_written_stops_nobody(
    place: str, model: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if place == "a file":
        (tmp_path / "cache").write_text("")
    elif place == "read only":
        monkeypatch.setattr(cache_module, "write_whole", _refuse)
    else:
        monkeypatch.setattr(cache_module, "cache_folder", lambda: Path(place))
    assert open_runtime(model, engine="fastest").name.startswith("opencv/")


def _refuse(path: Path) -> None:
    raise PermissionError(13, "Permission denied", str(path))


@needs_two
def test_the_choice_for_several_workers_is_that_for_the_threads_of_one(model: Path, cache: Path) -> None:
    one = open_runtime(model, engine="fastest", threads=1)
    assert open_runtime(model, engine="fastest", threads=2, workers=2).name == one.name
    assert len(list(cache.iterdir())) == 1
    assert open_runtime(model, engine="fastest", threads=2, workers=1) and len(list(cache.iterdir())) == 2


@needs_two
def test_engines_that_fail_are_left_out(
    model: Path, cache: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_candidate
    first = open_runtime(model, engine="fastest").name

    def refuse(source: OnnxSource, candidate: Candidate, threads: int | None, workers: int = 1) -> object:
        if str(candidate) == first:
            raise ModelError("", "it is a steam engine")
        return opened(source, candidate, threads, workers)

    monkeypatch.setattr(fastest, "open_contained", refuse)
    caplog.set_level(logging.INFO, "darkcsp")
    runtime = open_runtime(model, engine="fastest")
    assert runtime.name != first
    assert caplog.messages[-1].endswith(f"{first} is left out: it is a steam engine")


@pytest.fixture
def verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge calculates something else than all engines do."""

    def disagree(source: OnnxSource, candidate: Candidate, threads: int | None) -> tuple[Array, ...]:
        return tuple(array + 1 for array in outputs_apart(source, candidate, threads))

    monkeypatch.setattr(fastest, "outputs_apart", disagree)


@needs_two
@pytest.mark.usefixtures("verdict")
def test_engines_that_the_judge_finds_wrong_are_never_used(
    model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = fastest.look

    def spoil(source: OnnxSource, candidates: list[Candidate], threads: int | None) -> Findings:
        findings = looked(source, candidates, threads)
        found = findings.measured[CLASSIC]
        findings.measured[CLASSIC] = replace(found, outputs=tuple(array + 5 for array in found.outputs))
        return findings

    monkeypatch.setattr(fastest, "look", spoil)
    reason = r"x\.onnx: opencv/new and opencv/classic gave different outputs from ONNX Runtime; "
    with pytest.raises(ModelError, match=reason + r"use backend 'onnxruntime' \(--backend onnxruntime\)"):
        open_runtime(model, engine="fastest")
    assert not cache.exists()


@pytest.mark.usefixtures("verdict")
def test_even_a_single_engine_must_be_right_in_lower_precision(
    files: Files, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = replace(BACKENDS["opencv"], engines=lambda: (Engine("classic"),))
    for module in (fastest, backends):
        monkeypatch.setattr(module, "BACKENDS", {**BACKENDS, "opencv": only})
    monkeypatch.setattr(loading, "backend_named", lambda name: only)
    report = convert_precision(*files, tmp_path / "h.onnx", precision="fp16")
    with pytest.raises(ModelError, match=r"h\.onnx: opencv/classic gave different outputs from ONNX Runtime"):
        open_runtime(report.path, engine="fastest")
    assert open_runtime(convert(*files, tmp_path / "x.onnx"), engine="fastest").name == "opencv/classic"


@needs_two
def test_models_that_no_engine_reads(model: Path, cache: Path) -> None:
    model.write_bytes(model.read_bytes().replace(b"Conv", b"Conf"))
    with pytest.raises(ModelError, match=r"x\.onnx: OpenCV .* cannot read it: .*Conf"):
        open_runtime(model, engine="fastest")
    with pytest.raises(ModelError, match=r"x\.onnx: ONNX Runtime cannot read it: .*Conf"):
        open_runtime(model, backend="auto")
    assert not cache.exists()


def test_all_backends_are_measured_in_processes_of_their_own(
    files: Files, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "darkcsp")
    runtime = open_runtime(
        cfg=files[0], weights=files[1], backend="auto", engine="fastest", head="raw", size=(64, 32), threads=1
    )
    (record,) = caplog.messages
    assert record.startswith(f"{files[0]}: {runtime.name} is used, measured at ")
    assert "opencv/classic" in record and "onnxruntime/default" in record
    assert ("torch/eager" in record) == HAS_TORCH
    assert "left out" not in record
    assert runtime.input_shape == (3, 32, 64) and runtime.metadata.head == "raw"


def test_backends_that_are_not_installed_are_passed_over(
    model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fastest, "look", lambda *_: pytest.fail("measured the only candidate"))
    _only(monkeypatch, "onnxruntime")
    assert open_runtime(model, backend="auto").name == "onnxruntime/default"
    _only(monkeypatch, "torch")
    with pytest.raises(ModelError, match=r"x\.onnx: none of the installed backends \(torch\) runs ONNX files"):
        open_runtime(model, backend="auto")


def _only(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(Backend, "is_installed", lambda backend: backend.name == name)
