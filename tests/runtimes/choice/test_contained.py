"""Files that are not as darkcsp wrote them are tried in a process of their own before they are opened here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import pytest
from onnx import ModelProto, NodeProto, helper

from darkcsp.detect import Classifier, Detector
from darkcsp.errors import ArgumentError, MissingBackendError, ModelError
from darkcsp.runtimes import BACKENDS, engines_of, open_runtime
from darkcsp.runtimes.choice import contained
from darkcsp.to_onnx import convert
from darkcsp.workers.process import Job, Worker
from tests.networks import CLASSIFIER, DETECTOR, write_files

INSTALLED = [name for name, backend in BACKENDS.items() if backend.is_installed() and backend.reads_onnx]


def edited(path: Path, change: Callable[[ModelProto], object]) -> Path:
    """A file that another program has written."""
    model = onnx.load(path)
    change(model)
    out = path.with_name("edited.onnx")
    onnx.save(model, out)
    return out


def _harmless(model: ModelProto) -> None:
    model.graph.node[0].name += "x"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return convert(*write_files(tmp_path, DETECTOR), tmp_path / "x.onnx")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "choices"


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The engines that were tried apart."""
    found: list[str] = []

    def note(job: Job, limit: float) -> Worker:
        found.append("/".join(job.options["engine"]))
        return Worker(job, limit)

    monkeypatch.setattr(contained, "Worker", note)
    return found


def _instead(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the worker's process run something else."""
    monkeypatch.setattr(contained, "module_command", lambda module: (sys.executable, "-c", code))


@pytest.mark.parametrize("backend", INSTALLED)
def test_what_darkcsp_wrote_is_opened_at_once_and_else_tried_once(
    backend: str, model: Path, starts: list[str], cache: Path
) -> None:
    engine = engines_of(backend)[0]
    open_runtime(model, backend=backend, engine=engine)
    assert starts == []
    foreign = edited(model, _harmless)
    first = open_runtime(foreign, backend=backend, engine=engine, threads=1)
    assert starts == [f"{backend}/{engine}"] and len(list(cache.iterdir())) == 1
    again = open_runtime(foreign, backend=backend, engine=engine, threads=1)
    assert starts == [f"{backend}/{engine}"]
    batch = np.random.default_rng(0).random((1, 3, 32, 32), np.float32)
    np.testing.assert_array_equal(first.run(batch)[0], again.run(batch)[0])
    edited(model, lambda proto: proto.graph.node[-1].ClearField("name"))
    open_runtime(foreign, backend=backend, engine=engine)
    assert len(starts) == 2  # it is another file now


def test_trust_does_without(model: Path, tmp_path: Path, starts: list[str], cache: Path) -> None:
    foreign = edited(model, _harmless)
    assert Detector(foreign, backend="onnxruntime", trust=True).runtime.input_shape == (3, 32, 32)
    classifier = convert(*write_files(tmp_path, CLASSIFIER), tmp_path / "c.onnx")
    assert Classifier(edited(classifier, _harmless), backend="onnxruntime", trust=True).runtime.path
    assert starts == [] and not cache.exists()


def test_each_engine_is_tried_before_one_is_chosen(model: Path, starts: list[str]) -> None:
    assert open_runtime(edited(model, _harmless), backend="opencv").name.startswith("opencv/")
    assert starts and set(starts) <= {f"opencv/{engine}" for engine in engines_of("opencv")}


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
            "onnxruntime/default crashed on this file (signal 11), which is not as darkcsp wrote it",
        ),
        (
            "import os; os._exit(3)",
            "onnxruntime/default crashed on this file (exit code 3), which is not as darkcsp wrote it",
        ),
        (
            "import time; time.sleep(60)",
            "onnxruntime/default did not open and run this file within 1 seconds; trust=True (--trust) opens it "
            "without a trial",
        ),
        (
            'print(\'{"error": "std::bad_alloc"}\', flush=True); input(); input()',
            "std::bad_alloc; the trial allows 384 MiB; trust=True (--trust) opens it without a trial",
        ),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_what_an_engine_does_to_its_process_is_an_error_here(
    code: str, why: str, model: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    _instead(monkeypatch, code)
    monkeypatch.setattr(contained, "LIMIT", 1.0 if "sleep" in code else 30.0)
    monkeypatch.setattr(contained, "_room", lambda file: 384 << 20)
    foreign = edited(model, _harmless)
    for _ in range(2):  # what has failed is not remembered
        with pytest.raises(ModelError) as caught:
            open_runtime(foreign, backend="onnxruntime")
        assert str(caught.value) == f"{foreign}: {why}"
    assert not cache.exists()
    assert open_runtime(model, backend="onnxruntime").recurrent is False  # darkcsp's own is not concerned


def test_without_processes_there_is_no_trial(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contained, "module_command", lambda module: ("/nowhere/python",))
    with pytest.raises(
        ModelError, match=r"is not as darkcsp wrote it, and cannot be tried in another process: /nowhere/python"
    ):
        open_runtime(edited(model, _harmless), backend="onnxruntime")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux alone")
@pytest.mark.parametrize("backend", INSTALLED)
def test_a_file_that_takes_all_memory_is_an_error(backend: str, model: Path) -> None:
    def huge(proto: ModelProto) -> None:
        shape = helper.make_tensor("huge.shape", onnx.TensorProto.INT64, [2], [1 << 16, 1 << 16])
        proto.graph.initializer.append(shape)
        proto.graph.node.insert(0, helper.make_node("ConstantOfShape", ["huge.shape"], ["huge"]))
        proto.graph.node.insert(1, helper.make_node("ReduceMax", ["huge"], ["huge.max"], axes=[0, 1], keepdims=0))
        for node in proto.graph.node[2:]:
            if node.input[0] == "images":
                node.input[0] = "images.more"
        proto.graph.node.insert(2, helper.make_node("Add", ["images", "huge.max"], ["images.more"]))

    with pytest.raises(ModelError) as caught:
        open_runtime(edited(model, huge), backend=backend, engine=engines_of(backend)[0])
    assert "\n" not in str(caught.value) and len(caught.value.message) < 400


def _first_conv(proto: ModelProto) -> NodeProto:
    nodes: list[NodeProto] = [node for node in proto.graph.node if node.op_type == "Conv"]
    return nodes[0]


def _nobody_makes_the_weights(proto: ModelProto) -> None:
    _first_conv(proto).input[1] = "nobody"


def _biases_for_weights(proto: ModelProto) -> None:
    conv = _first_conv(proto)
    conv.input[1] = conv.input[2]


def _many_groups(proto: ModelProto) -> None:
    next(item for item in _first_conv(proto).attribute if item.name == "group").i = 10**9


def _shape_of_weights(proto: ModelProto) -> None:
    next(node for node in proto.graph.node if node.op_type == "Reshape").input[1] = _first_conv(proto).input[1]


def _weights_named_as_the_output(proto: ModelProto) -> None:
    conv = _first_conv(proto)
    next(item for item in proto.graph.initializer if item.name == conv.input[1]).name = conv.output[0]


def _padding_without_sides(proto: ModelProto) -> None:
    node = next(node for node in proto.graph.node if node.op_type == "Sigmoid")
    node.op_type = "Pad"


@pytest.mark.parametrize("backend", INSTALLED)
@pytest.mark.parametrize(
    "change",
    [
        _nobody_makes_the_weights,
        _biases_for_weights,
        _many_groups,
        _shape_of_weights,
        _weights_named_as_the_output,
        _padding_without_sides,
    ],
)
def test_files_that_engines_have_crashed_on(change: Callable[[ModelProto], object], backend: str, model: Path) -> None:
    """Some engine's process ended with signal 8 or 11 on each; others say what is wrong, or do not see it."""
    foreign = edited(model, change)
    for engine in (engine for engine in BACKENDS[backend].engines() if engine.may_be_chosen):
        try:
            open_runtime(foreign, backend=backend, engine=engine.name)
        except ModelError as error:
            assert "\n" not in str(error) and len(error.message) < 400


def test_errors_of_arguments_and_libraries_come_first(
    model: Path, starts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = edited(model, _harmless)
    with pytest.raises(ArgumentError, match="has no engine 'steam'"):
        open_runtime(foreign, backend="onnxruntime", engine="steam")
    nothing: dict[str, ModuleType | None] = {"onnxruntime": None}
    monkeypatch.setitem(sys.modules, *next(iter(nothing.items())))
    with pytest.raises(MissingBackendError):
        open_runtime(foreign, backend="onnxruntime")
    assert starts == []
