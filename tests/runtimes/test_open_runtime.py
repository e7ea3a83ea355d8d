"""Every backend gives the same outputs, by the same protocol."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest

from darkcsp.errors import CfgError, MissingBackendError, ModelError, WeightsError
from darkcsp.modelfile.reading import parse_onnx_file
from darkcsp.modelfile.targets import Target
from darkcsp.runtimes import Backend, Runtime, open_runtime
from darkcsp.runtimes.backends import Candidate, engines_of, is_installed, open_candidate
from darkcsp.runtimes.opencv import engines
from darkcsp.runtimes.source import OnnxSource
from darkcsp.to_onnx import convert
from tests.networks import CLASSIFIER, DETECTOR, write_files

Files = tuple[Path, Path]
OTHERS: tuple[Backend, ...] = ("onnxruntime", "torch")


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("detector"), DETECTOR)


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("classifier"), CLASSIFIER)


def _pictures(runtime: Runtime, count: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(count).random((count, *runtime.input_shape), np.float32)


def _open(files: Files, backend: Backend, **options: object) -> Runtime:
    return open_runtime(cfg=files[0], weights=files[1], backend=backend, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("head", ["decoded", "raw"])
@pytest.mark.parametrize("kind", ["detector", "classifier"])
@pytest.mark.parametrize("backend", OTHERS)
def test_backends_agree(backend: Backend, kind: str, head: str, request: pytest.FixtureRequest) -> None:
    files = request.getfixturevalue(kind)
    first, other = _open(files, "opencv", head=head), _open(files, backend, head=head)
    assert first.output_names == other.output_names
    assert first.metadata == other.metadata
    assert first.input_shape == other.input_shape
    assert (first.metadata.kind, first.metadata.head) == (kind, head)
    batch = _pictures(first, 3)
    want, found = first.run(batch), other.run(batch)
    assert [array.shape for array in want] == [array.shape for array in found]
    assert all(array.dtype == np.float32 and len(array) == 3 for array in found)
    for a, b in zip(want, found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_openvino_agrees(detector: Files) -> None:
    pytest.importorskip("openvino")
    first, other = _open(detector, "onnxruntime"), _open(detector, "openvino", threads=1)
    batch = _pictures(first, 2)
    np.testing.assert_allclose(first.run(batch)[0], other.run(batch)[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("engine", sorted(engines()))
def test_every_engine_of_this_opencv_runs(engine: str, detector: Files) -> None:
    runtime, want = _open(detector, "opencv", engine=engine), _open(detector, "onnxruntime")
    assert runtime.name == f"opencv/{engine}"
    assert want.name == "onnxruntime/default"
    batch = _pictures(want, 2)
    np.testing.assert_allclose(runtime.run(batch)[0], want.run(batch)[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime", "torch"])
def test_outputs_belong_to_the_caller(backend: Backend, detector: Files) -> None:
    runtime = _open(detector, backend, head="raw")
    first = runtime.run(_pictures(runtime, 1))
    copies = [array.copy() for array in first]
    runtime.run(np.zeros((1, *runtime.input_shape), np.float32))
    for array, copy in zip(first, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
        array += 1  # and may be written to


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime"])
@pytest.mark.parametrize("batch", [1, 2, None])
def test_files_of_any_batch_take_any_number(
    batch: int | None, backend: Backend, detector: Files, tmp_path: Path
) -> None:
    path = convert(*detector, tmp_path / "x.onnx", batch=batch)
    runtime = open_runtime(path, backend=backend, threads=1)
    pictures = _pictures(runtime, 5)
    (want,) = _open(detector, "onnxruntime").run(pictures)
    np.testing.assert_allclose(runtime.run(pictures)[0], want, rtol=1e-4, atol=1e-5)
    assert runtime.path == str(path)
    assert not runtime.recurrent


@pytest.mark.skipif("new" not in engines(), reason="this OpenCV has no such engine")
@pytest.mark.parametrize("engine", engines())
def test_cfg_and_weights_run_on_the_engine_that_was_asked_for(
    engine: str, detector: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cv2 = pytest.importorskip("cv2")
    nets: list[Any] = []
    read = cv2.dnn.readNetFromONNX

    def watched(*given: Any) -> Any:
        nets.append(read(*given))
        return nets[-1]

    monkeypatch.setattr(cv2.dnn, "readNetFromONNX", watched)
    _open(detector, "opencv", engine=engine)
    target: Target = "opencv-classic" if engine == "classic" else "opencv"
    open_runtime(convert(*detector, tmp_path / "x.onnx", target=target), engine=engine)
    for other in engines():
        open_runtime(tmp_path / "x.onnx", engine=other)
    from_memory, from_file, *all_engines = (set(net.getLayerTypes()) for net in nets)
    assert from_memory == from_file
    assert len(set(map(frozenset, all_engines))) == len(engines())  # each has its own names for what it does


@pytest.mark.skipif("new" not in engines(), reason="this OpenCV has no such engine")
def test_an_engine_that_cannot_read_a_model_says_so(detector: Files, tmp_path: Path) -> None:
    path = convert(*detector, tmp_path / "x.onnx")
    model = onnx.load(path)
    model.graph.node[0].op_type = "Convolute"
    onnx.save(model, path)
    with pytest.raises(ModelError, match=r"x\.onnx: OpenCV .* cannot read it with its engine 'new'"):
        open_runtime(path, engine="new")


def test_size_replaces_the_cfg_s(detector: Files) -> None:
    assert _open(detector, "opencv", size=(64, 32)).input_shape == (3, 32, 64)


def test_size_of_a_file_is_fixed(detector: Files, tmp_path: Path) -> None:
    path = convert(*detector, tmp_path / "x.onnx")
    assert open_runtime(path, size=(32, 32)).input_shape == (3, 32, 32)
    with pytest.raises(ModelError, match="takes pictures of 32x32, not 64x32; the size of an ONNX file is set when"):
        open_runtime(path, size=(64, 32))


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime", "torch"])
@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 3, 32, 31), (1, 1, 32, 32), (0, 3, 32, 32)])
def test_batches_of_another_shape_are_refused(shape: tuple[int, ...], backend: Backend, detector: Files) -> None:
    with pytest.raises(ModelError, match=r"takes batches of shape \(N, 3, 32, 32\), not \("):
        _open(detector, backend).run(np.zeros(shape, np.float32))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "model: a model, or cfg and weights must be given"),
        ({"cfg": "x.cfg"}, "x.cfg: weights must be given"),
        ({"weights": "x.weights"}, "x.weights: cfg must be given"),
        ({"model": "x.onnx", "cfg": "x.cfg"}, "x.onnx: give a model, or cfg and weights, not both"),
        ({"model": "x.onnx", "backend": "torch"}, "the torch backend runs cfg and weights, not ONNX files"),
        (
            {"model": "x.onnx", "backend": "caffe"},
            "backend 'caffe': expected one of auto, onnxruntime, openvino, opencv, torch",
        ),
        ({"model": "x.onnx", "backend": "auto", "engine": "new"}, "engine 'new': say of which backend; backend 'auto'"),
        ({"model": "x.onnx", "threads": 0}, "threads=0: expected 1 or more"),
        ({"model": "x.onnx"}, "x.onnx: cannot be read: No such file"),
    ],
)
def test_arguments_that_do_not_go_together(options: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        open_runtime(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("backend", "offered"),
    [
        ("opencv", "OpenCV .* it offers auto, classic"),
        ("onnxruntime", "ONNX Runtime .* it offers auto, default"),
        ("openvino", "OpenVINO .* it offers auto.* f32"),
        ("torch", "PyTorch .* it offers auto, compile, eager"),
    ],
)
def test_unknown_engines_are_refused(backend: Backend, offered: str, detector: Files) -> None:
    if backend == "openvino":
        pytest.importorskip("openvino")
    with pytest.raises(
        ModelError, match=rf"{offered.split(' .*')[0]} .* has no engine 'steam'; {offered.split('.* ', 1)[1]}"
    ):
        _open(detector, backend, engine="steam")


def test_cfg_and_weights_errors_come_through(detector: Files, tmp_path: Path) -> None:
    with pytest.raises(CfgError, match=r"none\.cfg: cannot be read"):
        open_runtime(cfg=tmp_path / "none.cfg", weights=detector[1])
    partial = tmp_path / "partial.weights"
    partial.write_bytes(detector[1].read_bytes()[: 20 + 4 * (8 * 4 + 8 * 27)])
    backends: list[Backend] = ["opencv", "torch"]
    for backend in filter(is_installed, backends):
        with pytest.raises(WeightsError, match="covers 1 of 4 layers, a model needs all of them"):
            open_runtime(cfg=detector[0], weights=partial, backend=backend)


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime"])
def test_foreign_and_damaged_models_are_refused(
    backend: Backend, detector: Files, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = convert(*detector, tmp_path / "x.onnx")
    model = onnx.load(path)
    del model.metadata_props[:]
    foreign = tmp_path / "foreign.onnx"
    onnx.save(model, foreign)
    with pytest.raises(ModelError, match=r"foreign\.onnx: was not written by darkcsp"):
        open_runtime(foreign, backend=backend)
    model = onnx.load(path)
    model.graph.node[0].op_type = "Convolute"
    damaged = tmp_path / "damaged.onnx"
    onnx.save(model, damaged)
    capfd.readouterr()
    with pytest.raises(ModelError, match=r"damaged\.onnx: .* cannot read it: .*Convolute") as caught:
        open_runtime(damaged, backend=backend)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")
    model = onnx.load(path)
    model.graph.input[0].type.tensor_type.elem_type = onnx.TensorProto.DOUBLE
    double = parse_and_open(model, backend)
    assert "expected float32 (batch, 3, 32, 32)" in double or "cannot read it" in double


def parse_and_open(model: onnx.ModelProto, backend: Backend) -> str:
    """Open a model in memory and return the error's message."""
    source = OnnxSource(parse_onnx_file(model.SerializeToString(), "double.onnx"))
    with pytest.raises(ModelError) as caught:
        open_candidate(source, Candidate(backend, engines_of(backend)[0]), None)
    return str(caught.value)


@pytest.mark.parametrize(
    ("backend", "module", "line"),
    [
        ("opencv", "cv2", "pip install opencv-python"),
        ("onnxruntime", "onnxruntime", "pip install onnxruntime"),
        ("openvino", "openvino", r"pip install 'darkcsp\[openvino\]'"),
        ("torch", "torch", "pip install torch"),
    ],
)
def test_missing_libraries_are_named(
    backend: Backend, module: str, line: str, detector: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingBackendError, match=line):
        _open(detector, backend)


def test_libraries_are_imported_when_they_are_needed(detector: Files, tmp_path: Path) -> None:
    path = convert(*detector, tmp_path / "x.onnx")
    script = (
        "import sys\n"
        "loaded = lambda: {'cv2', 'onnx', 'onnxruntime', 'torch', 'openvino'} & set(sys.modules)\n"
        "from darkcsp.runtimes import open_runtime\n"
        "import darkcsp.detect\n"
        "assert loaded() == set(), loaded()\n"
        f"open_runtime({str(path)!r}, backend='opencv')\n"
        "assert loaded() == {'cv2'}, loaded()\n"
        f"open_runtime({str(path)!r}, backend='onnxruntime')\n"
        "assert 'torch' not in loaded() and 'onnx' not in loaded(), loaded()\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])
