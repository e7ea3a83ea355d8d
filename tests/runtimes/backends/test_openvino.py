"""OpenVINO: its engines are the precisions that this processor calculates in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from darkcsp.errors import ArgumentError, ModelError
from darkcsp.runtimes import BACKENDS, engines_of, open_runtime
from tests.networks import DETECTOR, write_files

pytestmark = pytest.mark.skipif(not BACKENDS["openvino"].is_installed(), reason="OpenVINO is not installed")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_files(tmp_path, DETECTOR)


def test_it_agrees_with_onnx_runtime(files: tuple[Path, Path]) -> None:
    first, other = (
        open_runtime(cfg=files[0], weights=files[1], backend=backend, threads=1)
        for backend in ("onnxruntime", "openvino")
    )
    batch = np.random.default_rng(2).random((2, 3, 32, 32), np.float32)
    np.testing.assert_allclose(first.run(batch)[0], other.run(batch)[0], rtol=1e-4, atol=1e-5)


def test_bf16_is_close_and_not_the_same(files: tuple[Path, Path]) -> None:
    assert engines_of("openvino")[0] == "f32"
    if "bf16" not in engines_of("openvino"):
        pytest.skip("this CPU has no bf16")
    exact, rough = (
        open_runtime(cfg=files[0], weights=files[1], backend="openvino", engine=engine) for engine in ("f32", "bf16")
    )
    assert rough.name == "openvino/bf16"
    batch = np.random.default_rng(1).random((1, 3, 32, 32), np.float32)
    want, found = exact.run(batch)[0], rough.run(batch)[0]
    assert 1e-6 < np.abs(want - found).max() < 0.05
    assert open_runtime(cfg=files[0], weights=files[1], backend="openvino").name == "openvino/f32"


def test_devices(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    openvino = pytest.importorskip("openvino")

    class Core(openvino.Core):  # type: ignore[misc, name-defined]
        available_devices = ("CPU", "GPU.0", "GPU.1")

    with pytest.raises(ArgumentError, match="device 'gpu' is not available here: OpenVINO runs on cpu"):
        open_runtime(cfg=files[0], weights=files[1], backend="openvino", device="gpu")
    monkeypatch.setattr(openvino, "Core", Core)
    assert BACKENDS["openvino"].devices("f32") == ("cpu", "gpu.0", "gpu.1")
    assert BACKENDS["openvino"].devices("bf16") == ("cpu",)
    with pytest.raises(ModelError, match="OpenVINO cannot read it: "):  # where there is none, it says so
        open_runtime(cfg=files[0], weights=files[1], backend="openvino", device="gpu.1")
