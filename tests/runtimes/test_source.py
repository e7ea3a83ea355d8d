"""Models on their way to an engine: cfg and weights are written once, to a file that is gone when the model is open."""

from __future__ import annotations

import json
import os
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from darkcsp.errors import ModelError
from darkcsp.graph.reading import CfgReading
from darkcsp.limits import Limits
from darkcsp.modelfile import read_onnx_file, writing
from darkcsp.runtimes import BACKENDS, open_runtime
from darkcsp.runtimes.source import OnnxSource, read_darknet, read_source
from darkcsp.spec.program import SEMANTICS
from darkcsp.to_onnx import convert
from tests.networks import DETECTOR, write_files
from tests.single import conv

Files = tuple[Path, Path]
INSTALLED = [name for name, backend in BACKENDS.items() if backend.is_installed() and backend.reads_onnx]
LARGE = "[net]\nwidth=4\nheight=4\nchannels=256\n\n" + 4 * conv(256, batch_normalize=1) + conv(256)
SMALL = 1_500_000
"""Bytes of everything but large arrays: nodes, biases, what is imported on the way."""


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return write_files(tmp_path, DETECTOR)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.mark.parametrize("backend", INSTALLED)
def test_cfg_and_weights_are_written_once(
    backend: str, files: Files, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    write = writing.write_model

    def note(parts: writing.Parts, file: Any) -> None:
        written.append(file.name)
        write(parts, file)

    monkeypatch.setattr(writing, "write_model", note)
    runtime = open_runtime(cfg=files[0], weights=files[1], backend=backend, threads=1)
    assert len(written) == 1 and Path(written[0]).is_relative_to(folder)
    assert list(folder.iterdir()) == []
    assert runtime.path == str(files[0])
    assert runtime.run(np.zeros((1, 3, 32, 32), np.float32))[0].shape == (1, 384, 7)


@pytest.mark.parametrize("backend", INSTALLED)
def test_no_copy_of_the_weights_is_kept(backend: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, LARGE)
    open_runtime(cfg=cfg, weights=weights, backend=backend, threads=1)  # whatever is imported
    tracemalloc.start()
    try:
        runtime = open_runtime(cfg=cfg, weights=weights, backend=backend, threads=1)
        left, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    tensor = 4 * 256 * 256 * 9
    assert weights.stat().st_size > 4 * tensor
    assert left < SMALL and peak < tensor + SMALL
    assert runtime.run(np.zeros((1, 256, 4, 4), np.float32))


def test_the_file_is_gone_after_an_error(files: Files, folder: Path) -> None:
    source = read_darknet(*files, "decoded", CfgReading())
    with pytest.raises(KeyError), source.onnx("portable", 1) as file:
        assert os.path.getsize(file.file) > 1000
        assert file.path == str(files[0])
        raise KeyError
    assert list(folder.iterdir()) == []


def test_places_that_cannot_be_written_to(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(ModelError, match=r"x\.cfg: its ONNX form cannot be written to a temporary file: No such file"):
        open_runtime(cfg=files[0], weights=files[1])


def test_weights_are_the_same_each_time_that_they_are_read(files: Files) -> None:
    weights = read_darknet(*files, "decoded", CfgReading()).weights
    before = {(layer, name): array.copy() for layer, blobs in weights.items() for name, array in blobs.items()}
    for (layer, name), array in before.items():
        np.testing.assert_array_equal(weights[layer][name], array)


def test_semantics_make_another_network(files: Files) -> None:
    trained, cpu = (read_darknet(*files, "decoded", CfgReading(semantics=semantics)) for semantics in SEMANTICS)
    assert trained.fingerprint() != cpu.fingerprint()


def test_another_process_reads_the_same(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = convert(*files, tmp_path / "x.onnx")
    monkeypatch.chdir(tmp_path)
    for source in (
        read_darknet("x.cfg", "x.weights", "raw", CfgReading((64, 32))),
        read_darknet("x.cfg", "x.weights", "decoded", CfgReading()),
        read_darknet("x.cfg", "x.weights", "decoded", CfgReading(semantics="cpu")),
        read_darknet("x.cfg", "x.weights", "decoded", CfgReading(limits=Limits(window=7, seconds=None))),
        OnnxSource(read_onnx_file("x.onnx")),
    ):
        again = read_source(json.loads(json.dumps(source.arguments)))
        assert again.fingerprint() == source.fingerprint()
        assert again.arguments == source.arguments
    assert source.arguments == {"model": str(path)}
