"""PyTorch: modules as they are, and compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from darkcsp.errors import ArgumentError
from darkcsp.graph.reading import CfgReading
from darkcsp.runtimes import engines_of, open_runtime
from darkcsp.runtimes.network import NetworkRuntime
from darkcsp.runtimes.source import read_darknet
from tests.networks import DETECTOR, write_files
from tests.reference import HERE, load_op

Files = tuple[Path, Path]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_files(tmp_path_factory.mktemp("detector"), DETECTOR)


def test_engines() -> None:
    assert engines_of("torch") == ("eager", "compile")


def test_compiled_modules_give_what_eager_ones_give(files: Files) -> None:
    eager, compiled = (
        open_runtime(cfg=files[0], weights=files[1], backend="torch", engine=engine) for engine in ("eager", "compile")
    )
    assert compiled.name == "torch/compile"
    batch = np.random.default_rng(1).random((1, 3, 32, 32), np.float32)
    np.testing.assert_allclose(compiled.run(batch)[0], eager.run(batch)[0], rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning")
def test_compiled_recurrent_networks_start_afresh(tmp_path: Path) -> None:
    case = load_op(HERE / "golden" / "pj_gru.npz")
    (tmp_path / "x.cfg").write_text(case.cfg_text)
    (tmp_path / "x.weights").write_bytes(case.weights_bytes)
    runtime = open_runtime(
        cfg=tmp_path / "x.cfg", weights=tmp_path / "x.weights", backend="torch", engine="compile", head="raw"
    )
    last = case.graph().raw_outputs[0]
    for step, values in enumerate(case.inputs):
        (output,) = runtime.run(values.reshape(1, *runtime.input_shape))
        assert case.error(last, output, step) < 1e-5


def test_without_a_compiler_the_error_says_what_to_do(files: Files, tmp_path: Path) -> None:
    script = (
        "import sys\nfrom darkcsp.errors import ModelError\nfrom darkcsp.runtimes import open_runtime\n"
        "try:\n    open_runtime(cfg=sys.argv[1], weights=sys.argv[2], backend='torch', engine='compile')\n"
        "except ModelError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, files)],
        env={**os.environ, "PATH": "", "CXX": "none", "TORCHINDUCTOR_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert done.stdout == (
        f"{files[0]}: engine 'compile' needs a C++ compiler, but none was found; install one (g++ or clang++), name it "
        "in the environment variable CXX, or use engine 'eager'\n"
    ), done.stderr


def test_devices(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """The network and what it is given go to the device; "meta" stands in for one, which calculates shapes alone."""
    import torch

    if not torch.cuda.is_available():
        with pytest.raises(ArgumentError, match="device 'cuda' is not available here: PyTorch runs on cpu"):
            open_runtime(cfg=files[0], weights=files[1], backend="torch", device="cuda")
    source = read_darknet(*files, "raw", CfgReading())
    runtime = NetworkRuntime("torch/eager on meta", source, "meta")
    seen: list[torch.Tensor] = []

    def watched(batch: torch.Tensor) -> list[torch.Tensor]:
        seen.extend(runtime._network(batch))
        return [torch.zeros(1)]

    monkeypatch.setattr(runtime, "_call", watched)
    runtime.run(np.zeros((1, 3, 32, 32), np.float32))
    assert seen and all(tensor.device.type == "meta" for tensor in seen)
