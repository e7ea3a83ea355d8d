"""Engines that are chosen by measuring: who is measured, who is left out, what is remembered and told."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest

from darkcsp.errors import MissingBackendError, ModelError
from darkcsp.modelfile.reading import read_onnx_file
from darkcsp.runtimes import BACKENDS, Backend, choosing, engines_of, open_runtime
from darkcsp.runtimes.backends import Candidate, candidates, is_installed, open_candidate, version_of
from darkcsp.runtimes.choices import cache_folder, choice_file, processor, remember, remembered
from darkcsp.runtimes.choosing import Findings, choose, explanation
from darkcsp.runtimes.measuring import Measured
from darkcsp.runtimes.opencv import engines
from darkcsp.runtimes.source import OnnxSource
from darkcsp.to_onnx import convert
from tests.modules import HAS_TORCH
from tests.networks import DETECTOR, write_files

Files = tuple[Path, Path]
NEW, CLASSIC = Candidate("opencv", "new"), Candidate("opencv", "classic")
ORT = Candidate("onnxruntime", "default")

needs_two = pytest.mark.skipif(len(engines()) < 2, reason="this OpenCV has one engine, which is not measured")


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


def _measured(seconds: float, value: float = 1) -> Measured:
    return Measured(seconds, (np.full((1, 10), value, np.float32),))


def _nobody() -> Measured | None:
    raise AssertionError("asked the referee without need")


# Which there are


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend_lists_its_engines(backend: Backend) -> None:
    if not is_installed(backend):
        with pytest.raises(MissingBackendError):
            engines_of(backend)
        return
    known = {
        "opencv": {"classic", "new", "ort"},
        "onnxruntime": {"default"},
        "openvino": {"f32", "bf16"},
        "torch": {"eager", "compile"},
    }[backend]
    found = engines_of(backend)
    assert found and set(found) <= known and "auto" not in found
    assert version_of(backend)


def test_candidates_change_no_numbers_and_start_at_once(model: Path) -> None:
    names = {str(item) for item in candidates(None, OnnxSource(read_onnx_file(model)))}
    assert {"opencv/classic", "onnxruntime/default"} <= names
    assert names.isdisjoint({"openvino/bf16", "torch/compile", "torch/eager"})  # the last runs no ONNX files
    if HAS_TORCH:
        assert candidates("torch", _darknet(model)) == [Candidate("torch", "eager")]


def _darknet(model: Path) -> OnnxSource:
    class Darknet(OnnxSource):
        as_modules = True

    return Darknet(read_onnx_file(model))


# The choice among what was measured


def test_the_fastest_is_chosen() -> None:
    findings = Findings({ORT: _measured(3), NEW: _measured(2), CLASSIC: _measured(1)})
    assert choose(findings, _nobody) == CLASSIC
    assert findings.left_out == {}
    assert choose(Findings(), _nobody) is None


def test_who_disagrees_with_the_most_trusted_is_left_out() -> None:
    findings = Findings({ORT: _measured(3), NEW: _measured(2), CLASSIC: _measured(1, 1.1)})
    assert choose(findings, _nobody) == NEW
    assert findings.left_out == {CLASSIC: "its outputs differ"}
    assert list(findings.measured) == [ORT, NEW]


@pytest.mark.parametrize(
    ("verdict", "chosen"), [(1, NEW), (2, CLASSIC), (None, NEW), (7, NEW)], ids=["first", "second", "no", "neither"]
)
def test_a_referee_decides_between_opencv_s_engines(verdict: float | None, chosen: Candidate) -> None:
    findings = Findings({NEW: _measured(2, 1), CLASSIC: _measured(1, 2)})
    assert choose(findings, lambda: None if verdict is None else _measured(9, verdict)) == chosen
    assert len(findings.left_out) == 1


def test_the_explanation_gives_figures_and_reasons() -> None:
    text = explanation("x.onnx", NEW, {"opencv/new": 20.5, "opencv/classic": 30.25}, {ORT: "cannot read it"})
    assert text == (
        "x.onnx: opencv/new is used, measured at 20.5 ms a picture; opencv/classic 30.2 ms; "
        "onnxruntime/default is left out: cannot read it"
    )


# What is remembered


def test_choices_are_kept_by_model_threads_and_candidates(model: Path, cache: Path, tmp_path: Path) -> None:
    source = OnnxSource(read_onnx_file(model))
    file = choice_file(source, [NEW, CLASSIC], None)
    assert file.parent == cache == cache_folder()
    other = tmp_path / "y.onnx"
    other.write_bytes(model.read_bytes())
    assert choice_file(OnnxSource(read_onnx_file(other)), [NEW, CLASSIC], None) == file  # wherever it lies
    other.write_bytes(model.read_bytes().replace(b"darkcsp.version", b"darkcsp.versioN"))
    changed = choice_file(OnnxSource(read_onnx_file(other)), [NEW, CLASSIC], None)
    assert len({file, changed, choice_file(source, [NEW], None), choice_file(source, [NEW, CLASSIC], 2)}) == 4
    assert remembered(file, [NEW, CLASSIC]) is None
    remember(file, source, CLASSIC, {"opencv/new": 2.0, "opencv/classic": 1.0})
    assert remembered(file, [NEW, CLASSIC]) == CLASSIC
    assert remembered(file, [NEW]) is None
    assert json.loads(file.read_text())["milliseconds"] == {"opencv/new": 2.0, "opencv/classic": 1.0}
    assert [path.name for path in cache.iterdir()] == [file.name]


def test_a_new_library_or_processor_is_measured_anew(model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = OnnxSource(read_onnx_file(model))
    before = choice_file(source, [NEW], None)
    monkeypatch.setattr("darkcsp.runtimes.choices.version_of", lambda backend: "99")
    newer = choice_file(source, [NEW], None)
    monkeypatch.setattr("darkcsp.runtimes.choices.processor", lambda: "abacus")
    assert len({before, newer, choice_file(source, [NEW], None)}) == 3
    assert processor()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"3", b'{"chosen": 3}', b'{"chosen": "caffe/x"}', b"\xff", b"[" * 9999]
)
def test_foreign_and_damaged_choices_are_no_choices(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    assert remembered(file, [NEW, CLASSIC]) is None


# Opening


def test_measuring_can_be_forbidden(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "look", lambda *_: pytest.fail("measured"))
    assert open_runtime(model).name == f"opencv/{engines()[0]}"
    assert open_runtime(model, backend="auto").name == "onnxruntime/default"


@needs_two
def test_opencv_s_engines_are_measured_once(
    model: Path, cache: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "darkcsp")
    runtime = open_runtime(model, threads=1)
    assert runtime.name.split("/")[1] in engines()
    (record,) = caplog.messages
    assert f"{model}: {runtime.name} is used, measured at " in record
    assert all(f"opencv/{engine} " in record for engine in engines())
    (file,) = cache.iterdir()
    assert json.loads(file.read_text())["chosen"] == runtime.name
    monkeypatch.setattr(choosing, "look", lambda *_: pytest.fail("measured again"))
    assert open_runtime(model, threads=1).name == runtime.name
    assert len(caplog.messages) == 1
    picture = np.random.default_rng(0).random((1, 3, 32, 32), np.float32)
    want = open_runtime(model, backend="onnxruntime").run(picture)[0]
    np.testing.assert_allclose(runtime.run(picture)[0], want, rtol=1e-4, atol=1e-5)


@needs_two
def test_what_is_remembered_and_no_longer_opens_is_measured_again(model: Path, cache: Path) -> None:
    runtime = open_runtime(model)
    (file,) = cache.iterdir()
    for content in (b"no choice", file.read_bytes().replace(runtime.name.encode(), b"opencv/steam")):
        file.write_bytes(content)
        assert open_runtime(model).name.startswith("opencv/")
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
        monkeypatch.setattr("darkcsp.runtimes.choices.write_whole", _refuse)
    else:
        monkeypatch.setattr("darkcsp.runtimes.choices.cache_folder", lambda: Path(place))
    assert open_runtime(model).name.startswith("opencv/")


def _refuse(path: Path) -> None:
    raise PermissionError(13, "Permission denied", str(path))


@needs_two
def test_engines_that_fail_are_left_out(
    model: Path, cache: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_candidate
    fastest = open_runtime(model).name

    def refuse(source: OnnxSource, candidate: Candidate, threads: int | None) -> object:
        if str(candidate) == fastest:
            raise ModelError("it is a steam engine")
        return opened(source, candidate, threads)

    monkeypatch.setattr(choosing, "open_candidate", refuse)
    caplog.set_level(logging.INFO, "darkcsp")
    runtime = open_runtime(model)
    assert runtime.name != fastest
    assert caplog.messages[-1].endswith(f"{fastest} is left out: it is a steam engine")


@needs_two
def test_models_that_no_engine_reads(model: Path, cache: Path) -> None:
    model.write_bytes(model.read_bytes().replace(b"Conv", b"Conf"))
    with pytest.raises(ModelError, match=r"x\.onnx: OpenCV .* cannot read it: .*Conf"):
        open_runtime(model)
    with pytest.raises(ModelError, match=r"x\.onnx: ONNX Runtime cannot read it: .*Conf"):
        open_runtime(model, backend="auto")
    assert not cache.exists()


def test_all_backends_are_measured_in_processes_of_their_own(
    files: Files, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "darkcsp")
    runtime = open_runtime(cfg=files[0], weights=files[1], backend="auto", head="raw", size=(64, 32), threads=1)
    (record,) = caplog.messages
    assert record.startswith(f"{files[0]}: {runtime.name} is used, measured at ")
    assert "opencv/classic" in record and "onnxruntime/default" in record
    assert ("torch/eager" in record) == HAS_TORCH
    assert "left out" not in record
    assert runtime.input_shape == (3, 32, 64) and runtime.metadata.head == "raw"


def test_backends_that_are_not_installed_are_passed_over(
    model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "look", lambda *_: pytest.fail("measured the only candidate"))
    _only(monkeypatch, "onnxruntime")
    assert open_runtime(model, backend="auto").name == "onnxruntime/default"
    _only(monkeypatch, "torch")
    with pytest.raises(ModelError, match=r"x\.onnx: none of the installed backends \(torch\) runs ONNX files"):
        open_runtime(model, backend="auto")


def _only(monkeypatch: pytest.MonkeyPatch, backend: Backend) -> None:
    for module in ("backends", "opening"):
        monkeypatch.setattr(f"darkcsp.runtimes.{module}.is_installed", lambda name: name == backend)
