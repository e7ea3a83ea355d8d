"""OpenCV: each engine that it has is the one that runs, and says what it cannot do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from darkcsp.errors import ArgumentError, ModelError
from darkcsp.modelfile.targets import target_for
from darkcsp.runtimes import engines_of, open_runtime
from darkcsp.runtimes.backends.opencv import silenced
from darkcsp.to_onnx import convert
from tests.networks import DETECTOR, write_files

Files = tuple[Path, Path]
ENGINES = engines_of("opencv")

needs_new = pytest.mark.skipif("new" not in ENGINES, reason="this OpenCV has no such engine")


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("detector"), DETECTOR)


def test_engines_are_those_of_this_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    cv2 = pytest.importorskip("cv2")
    assert ENGINES and set(ENGINES) <= {"new", "classic", "ort"}
    for name in [name for name in dir(cv2.dnn) if name.startswith("ENGINE_")]:
        monkeypatch.delattr(cv2.dnn, name)
    assert engines_of("opencv") == ("classic",)  # as in OpenCV 4
    for number, name in enumerate(("AUTO", "CLASSIC", "NEW", "ORT")):
        monkeypatch.setattr(cv2.dnn, f"ENGINE_{name}", number, raising=False)
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "ONNX Runtime:   NO")
    assert engines_of("opencv") == ("new", "classic")
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "ONNX Runtime:   YES (ver 1.2)")
    assert engines_of("opencv") == ("new", "classic", "ort")


@needs_new
@pytest.mark.parametrize("engine", ENGINES)
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
    open_runtime(cfg=detector[0], weights=detector[1], engine=engine)
    path = convert(*detector, tmp_path / "x.onnx", target=target_for("opencv", engine))
    open_runtime(path, engine=engine)
    for other in ENGINES:
        open_runtime(path, engine=other)
    of_cfg, of_file, *all_engines = (set(net.getLayerTypes()) for net in nets)
    assert of_cfg == of_file
    assert len(set(map(frozenset, all_engines))) == len(ENGINES)  # each has its own names for what it does


@needs_new
def test_an_engine_that_cannot_read_a_model_says_so(detector: Files, tmp_path: Path) -> None:
    path = convert(*detector, tmp_path / "x.onnx")
    model = onnx.load(path)
    model.graph.node[0].op_type = "Convolute"
    onnx.save(model, path)
    with pytest.raises(ModelError, match=r"x\.onnx: OpenCV .* cannot read it with engine 'new'"):
        open_runtime(path, engine="new")


def test_open_batches_are_run_picture_by_picture(detector: Files, tmp_path: Path) -> None:
    path = convert(*detector, tmp_path / "x.onnx", batch=None)
    runtime = open_runtime(path, engine=ENGINES[0])
    pictures = np.random.default_rng(0).random((3, 3, 32, 32), np.float32)
    singly = np.concatenate([runtime.run(picture[None])[0] for picture in pictures])
    np.testing.assert_array_equal(runtime.run(pictures)[0], singly)


def test_the_log_level_comes_back() -> None:
    cv2 = pytest.importorskip("cv2")
    log = cv2.utils.logging if hasattr(cv2.utils, "logging") else cv2
    before = log.getLogLevel()
    with pytest.raises(RuntimeError), silenced(cv2):
        assert log.getLogLevel() == 0
        raise RuntimeError
    assert log.getLogLevel() == before


def test_devices(detector: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    cv2 = pytest.importorskip("cv2")
    cfg, weights = detector
    picture = np.random.default_rng(0).random((1, 3, 32, 32), np.float32)
    on_cpu = open_runtime(cfg=cfg, weights=weights, engine="classic").run(picture)[0]
    asked: list[int] = []

    def targets(backend: int) -> list[int]:
        asked.append(backend)
        return [cv2.dnn.DNN_TARGET_CPU, cv2.dnn.DNN_TARGET_OPENCL] if backend == cv2.dnn.DNN_BACKEND_OPENCV else []

    monkeypatch.setattr(cv2.dnn, "getAvailableTargets", targets)
    open_runtime(cfg=cfg, weights=weights)
    assert asked == []  # unless a device is named
    runtime = open_runtime(cfg=cfg, weights=weights, device="opencl")
    assert runtime.name == "opencv/classic on opencl"  # the other engines have none
    np.testing.assert_allclose(runtime.run(picture)[0], on_cpu, rtol=1e-3, atol=1e-4)
    with pytest.raises(
        ArgumentError, match=r"device 'cuda' is not available here: OpenCV runs on cpu, opencl$"
    ) as caught:
        open_runtime(cfg=cfg, weights=weights, device="cuda")
    assert (caught.value.argument, caught.value.expected) == ("device", "cpu, opencl")
    if "new" in ENGINES:
        with pytest.raises(
            ArgumentError, match=r"device 'opencl' is not available here: OpenCV engine 'new' runs on cpu$"
        ):
            open_runtime(cfg=cfg, weights=weights, device="opencl", engine="new")
