"""Every backend gives the same outputs, by the same protocol."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest

from darkcsp.errors import ArgumentError, CfgError, MissingBackendError, ModelError, WeightsError
from darkcsp.graph import build_graph
from darkcsp.modelfile.reading import read_onnx_file
from darkcsp.runtimes import Runtime, engines_of, open_runtime
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.backends import is_installed
from darkcsp.runtimes.loading import open_candidate
from darkcsp.runtimes.source import OnnxSource
from darkcsp.spec.program import SEMANTICS
from darkcsp.to_onnx import convert
from darkcsp.weightfile import read_weights
from tests.modules import torch_heads
from tests.networks import CLASSIFIER, DETECTOR, POOLING, write_files

Files = tuple[Path, Path]
OTHERS: tuple[str, ...] = ("onnxruntime", "torch")


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("detector"), DETECTOR)


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("classifier"), CLASSIFIER)


def _pictures(runtime: Runtime, count: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(count).random((count, *runtime.input_shape), np.float32)


def _open(files: Files, backend: str, **options: object) -> Runtime:
    return open_runtime(cfg=files[0], weights=files[1], backend=backend, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("head", ["decoded", "raw"])
@pytest.mark.parametrize("kind", ["detector", "classifier"])
@pytest.mark.parametrize("backend", OTHERS)
def test_backends_agree(backend: str, kind: str, head: str, request: pytest.FixtureRequest) -> None:
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


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime", "torch"])
def test_outputs_belong_to_the_caller(backend: str, detector: Files) -> None:
    runtime = _open(detector, backend, head="raw")
    first = runtime.run(_pictures(runtime, 1))
    copies = [array.copy() for array in first]
    runtime.run(np.zeros((1, *runtime.input_shape), np.float32))
    for array, copy in zip(first, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
        array += 1  # and may be written to


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime"])
@pytest.mark.parametrize("batch", [1, 2, None])
def test_files_of_any_batch_take_any_number(batch: int | None, backend: str, detector: Files, tmp_path: Path) -> None:
    path = convert(*detector, tmp_path / "x.onnx", batch=batch)
    runtime = open_runtime(path, backend=backend, threads=1)
    pictures = _pictures(runtime, 5)
    (want,) = _open(detector, "onnxruntime").run(pictures)
    np.testing.assert_allclose(runtime.run(pictures)[0], want, rtol=1e-4, atol=1e-5)
    assert runtime.path == str(path)
    assert not runtime.recurrent


def test_size_replaces_the_cfg_s(detector: Files) -> None:
    assert _open(detector, "opencv", size=(64, 32)).input_shape == (3, 32, 64)


@pytest.mark.parametrize("backend", ["opencv", *OTHERS])
def test_semantics(backend: str, tmp_path: Path) -> None:
    files = write_files(tmp_path, POOLING)
    outputs = {}
    for semantics in SEMANTICS:
        runtime = _open(files, backend, semantics=semantics, head="raw")
        assert runtime.metadata.program.semantics == semantics
        (outputs[semantics],) = runtime.run(_pictures(runtime, 1))
        graph = build_graph(files[0], semantics=semantics)
        (want,) = torch_heads(graph, read_weights(files[1], graph), _pictures(runtime, 1))
        np.testing.assert_allclose(outputs[semantics], want, rtol=1e-4, atol=1e-5)
    default = _open(files, backend, head="raw")
    np.testing.assert_array_equal(default.run(_pictures(default, 1))[0], outputs["trained"])
    assert np.abs(outputs["trained"] - outputs["cpu"]).max() > 0.01


def test_semantics_of_a_file_are_fixed(tmp_path: Path) -> None:
    files = write_files(tmp_path, POOLING)
    trained, cpu = convert(*files, tmp_path / "t.onnx"), convert(*files, tmp_path / "c.onnx", semantics="cpu")
    assert open_runtime(cpu).metadata.program == open_runtime(cpu, semantics="cpu").metadata.program
    with pytest.raises(ArgumentError, match=r"t\.onnx: has semantics 'trained', not 'cpu'; those of an ONNX file are"):
        open_runtime(trained, semantics="cpu")


def test_size_of_a_file_is_fixed(detector: Files, tmp_path: Path) -> None:
    path = convert(*detector, tmp_path / "x.onnx")
    assert open_runtime(path, size=(32, 32)).input_shape == (3, 32, 32)
    with pytest.raises(ArgumentError, match="takes 32x32 pictures, not 64x32; the size of an ONNX file is set when"):
        open_runtime(path, size=(64, 32))


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime", "torch"])
@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 3, 32, 31), (1, 1, 32, 32), (0, 3, 32, 32)])
def test_batches_of_another_shape_are_refused(shape: tuple[int, ...], backend: str, detector: Files) -> None:
    with pytest.raises(ModelError, match=r"takes batches of shape \(N, 3, 32, 32\), not \("):
        _open(detector, backend).run(np.zeros(shape, np.float32))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "no model is given; pass model=, or both cfg= and weights="),
        ({"cfg": "x.cfg"}, "only cfg='x.cfg' is given; pass model=, or both cfg= and weights="),
        ({"weights": "x.weights"}, "only weights='x.weights' is given; pass model=, or both cfg= and weights="),
        (
            {"model": "x.onnx", "cfg": "x.cfg"},
            "model='x.onnx': pass model=, or both cfg= and weights=, not all of them",
        ),
        (
            {"model": "x.onnx", "backend": "torch"},
            "x.onnx: the torch backend runs cfg and weights, not ONNX files; use ",
        ),
        (
            {"model": "x.onnx", "backend": "caffe"},
            "backend='caffe': expected one of auto, onnxruntime, openvino, opencv, ",
        ),
        (
            {"model": "x.onnx", "backend": "auto", "engine": "new"},
            "engine='new' needs a named backend; ",
        ),
        ({"model": "x.onnx", "threads": 0}, "threads=0: expected 1 or more"),
    ],
)
def test_arguments_that_do_not_go_together(options: dict[str, object], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        open_runtime(**options)  # type: ignore[arg-type]
    assert str(caught.value).startswith(message)
    assert caught.value.expected


def test_heads_that_a_backend_cannot_give(detector: Files) -> None:
    pytest.importorskip("torch")
    for backend in ("torch", "onnxruntime"):
        with pytest.raises(ArgumentError, match="head='tail': expected one of decoded, raw"):
            _open(detector, backend, head="tail")
    with pytest.raises(ArgumentError, match="head='nms': expected one of decoded, raw for backend 'torch'"):
        _open(detector, "torch", head="nms")


def test_files_that_are_not_there() -> None:
    with pytest.raises(ModelError, match=r"x\.onnx: cannot be read: No such file"):
        open_runtime("x.onnx")


@pytest.mark.parametrize(
    ("backend", "offered"),
    [
        ("opencv", "OpenCV .* it offers auto, classic"),
        ("onnxruntime", "ONNX Runtime .* it offers auto, default"),
        ("openvino", "OpenVINO .* it offers auto"),
        ("torch", "PyTorch .* it offers auto, compile, eager"),
    ],
)
def test_unknown_engines_are_refused(backend: str, offered: str, detector: Files) -> None:
    if backend == "openvino":
        pytest.importorskip("openvino")
    library, engines = offered.split(" .* ")
    with pytest.raises(ArgumentError, match=f"^{library} .* has no engine 'steam'; {engines}") as caught:
        _open(detector, backend, engine="steam")
    assert (caught.value.argument, caught.value.value) == ("engine", "steam")


def test_cfg_and_weights_errors_come_through(detector: Files, tmp_path: Path) -> None:
    with pytest.raises(CfgError, match=r"none\.cfg: cannot be read"):
        open_runtime(cfg=tmp_path / "none.cfg", weights=detector[1])
    partial = tmp_path / "partial.weights"
    partial.write_bytes(detector[1].read_bytes()[: 20 + 4 * (8 * 4 + 8 * 27)])
    for backend in filter(is_installed, ("opencv", "torch")):
        with pytest.raises(WeightsError, match=r"covers 1 of 4 layers. a model needs all of them"):
            open_runtime(cfg=detector[0], weights=partial, backend=backend)


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime"])
def test_foreign_and_damaged_models_are_refused(
    backend: str, detector: Files, tmp_path: Path, capfd: pytest.CaptureFixture[str]
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
    onnx.save(model, tmp_path / "double.onnx")
    double = _refusal(tmp_path / "double.onnx", backend)
    assert "expected float32 (batch, 3, 32, 32)" in double or "cannot read it" in double


def _refusal(path: Path, backend: str) -> str:
    source = OnnxSource(read_onnx_file(path))
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
    backend: str, module: str, line: str, detector: Files, monkeypatch: pytest.MonkeyPatch
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
