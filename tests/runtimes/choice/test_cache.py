"""What was chosen is kept by model, libraries, threads and processor."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from darkcsp.modelfile.reading import read_onnx_file
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.choice import cache as module
from darkcsp.runtimes.choice.cache import cache_folder, choice_file, processor, remember, remembered, version_of
from darkcsp.runtimes.source import OnnxSource
from darkcsp.to_onnx import convert
from tests.networks import DETECTOR, write_files

NEW, CLASSIC = Candidate("opencv", "new"), Candidate("opencv", "classic")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return convert(*write_files(tmp_path, DETECTOR), tmp_path / "x.onnx")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "choices"


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
    assert version_of("onnxruntime").startswith("onnxruntime")
    source = OnnxSource(read_onnx_file(model))
    before = choice_file(source, [NEW], None)
    monkeypatch.setattr(module, "version_of", lambda backend: "99")
    newer = choice_file(source, [NEW], None)
    monkeypatch.setattr(module, "processor", lambda: "abacus")
    assert len({before, newer, choice_file(source, [NEW], None)}) == 3
    assert processor()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"3", b'{"chosen": 3}', b'{"chosen": "caffe/x"}', b"\xff", b"[" * 9999]
)
def test_foreign_and_damaged_choices_are_no_choices(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    assert remembered(file, [NEW, CLASSIC]) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes that have names")
def test_a_cache_that_is_no_small_file_is_as_good_as_none(tmp_path: Path) -> None:
    file, pipe = tmp_path / "x.json", tmp_path / "y.json"
    file.write_text(json.dumps({"chosen": str(NEW), "more": "x" * 1_000_000}))
    os.mkfifo(pipe)
    assert [remembered(path, [NEW]) for path in (file, pipe, Path("/dev/zero"), tmp_path)] == [None] * 4
