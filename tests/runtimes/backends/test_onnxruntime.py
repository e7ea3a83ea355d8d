"""ONNX Runtime takes as many pictures at once as it is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from darkcsp.errors import ArgumentError, ModelError
from darkcsp.runtimes import BACKENDS, engines_of, open_runtime
from darkcsp.runtimes.session import Session
from tests.networks import DETECTOR, write_files


def test_pictures_of_cfg_and_weights_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engines_of("onnxruntime") == ("default",)
    assert BACKENDS["onnxruntime"].batch is None
    cfg, weights = write_files(tmp_path, DETECTOR)
    runtime = open_runtime(cfg=cfg, weights=weights, backend="onnxruntime", threads=1)
    calls: list[int] = []
    call = Session._call

    def watched(session: Session, feeds: dict[str, Any]) -> Any:
        calls.append(len(feeds["images"]))
        return call(session, feeds)

    monkeypatch.setattr(Session, "_call", watched)
    pictures = np.random.default_rng(0).random((5, 3, 32, 32), np.float32)
    assert runtime.run(pictures)[0].shape[0] == 5
    assert calls == [5]


def test_a_device_that_the_machine_lacks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build for CUDA knows the device; on a machine without one, ONNX Runtime would take the CPU."""
    onnxruntime = pytest.importorskip("onnxruntime")
    cfg, weights = write_files(tmp_path, DETECTOR)
    session = onnxruntime.InferenceSession
    wanted: list[list[str]] = []

    def on_cpu(file: str, options: Any, providers: list[str]) -> Any:
        wanted.append(providers)
        return session(file, options, providers=["CPUExecutionProvider"])

    with pytest.raises(ArgumentError, match=r"device 'cuda' is not available here: ONNX Runtime runs on cpu$"):
        open_runtime(cfg=cfg, weights=weights, backend="onnxruntime", device="cuda")
    monkeypatch.setattr(onnxruntime, "InferenceSession", on_cpu)
    known = ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: known)
    assert BACKENDS["onnxruntime"].devices("default") == ("cpu", "cuda", "tensorrt")
    with pytest.raises(ModelError, match=r"x\.cfg: ONNX Runtime cannot use device 'cuda' on this machine$"):
        open_runtime(cfg=cfg, weights=weights, backend="onnxruntime", device="cuda")
    assert wanted == [["CUDAExecutionProvider"]]
