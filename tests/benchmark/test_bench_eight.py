"""scripts/bench_eight: its peers calculate the same, and its verdicts are what was measured."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from darkcsp.benchmark.measure import Timing
from darkcsp.graph import Graph, build_graph
from darkcsp.runtimes import open_runtime
from darkcsp.weightfile import Weights, read_weights
from darkcsp.workers.process import Job, Worker, WorkerError
from darkcsp.workers.serving import Turn
from tests.networks import DETECTOR, write_files

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = SourceFileLoader("bench_eight", str(SCRIPTS / "bench_eight"))
    spec = importlib.util.spec_from_loader("bench_eight", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_eight"] = module
    loader.exec_module(module)
    return module


@pytest.fixture
def network(tmp_path: Path) -> tuple[Graph, Weights]:
    cfg, weights = write_files(tmp_path, DETECTOR)
    graph = build_graph(cfg)
    return graph, read_weights(weights, graph)


@pytest.mark.parametrize("peer", ["mish", "unfolded"])
def test_peers_calculate_the_same(peer: str, script: Any, network: tuple[Graph, Weights], tmp_path: Path) -> None:
    model = getattr(script, f"{peer}_export")(*network)
    operators = [node.op_type for node in model.graph.node]
    if peer == "mish":
        assert operators.count("Mish") == 1 and "Softplus" not in operators and model.opset_import[0].version == 18
    else:
        assert operators.count("BatchNormalization") == 2  # of four convolutions two are normalised
    script.write(tmp_path / "peer.onnx", model)
    script.write(tmp_path / "plain.onnx", script.plain_export(*network))
    opened = [open_runtime(tmp_path / name, backend="onnxruntime") for name in ("peer.onnx", "plain.onnx")]
    picture = np.random.default_rng(0).random((1, 3, 32, 32), np.float32)
    found, wanted = (runtime.run(picture)[0] for runtime in opened)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_the_worker_that_knows_opencv_alone(script: Any, network: tuple[Graph, Weights], tmp_path: Path) -> None:
    script.write(tmp_path / "x.onnx", script.plain_export(*network))
    options = {"onnx": str(tmp_path / "x.onnx"), "shape": [1, 3, 32, 32], "threads": 1}
    command = (sys.executable, str(SCRIPTS / "opencv_worker"))
    with Worker(Job(command, options), 60.0) as worker:
        assert worker.open().startswith("OpenCV ")
        assert len(worker.run(Turn(0.0, 2))) == 2
    (tmp_path / "x.onnx").write_bytes(b"no model")
    with Worker(Job(command, options), 60.0) as worker, pytest.raises(WorkerError):
        worker.open()


def test_verdicts(script: Any) -> None:
    def measured(name: str, ours: float, mish: bool = False) -> Any:
        timings = {script.OURS: Timing("x", (1 / ours,)), script.PLAIN: Timing("y", (1.0,))}
        return script.Network(name, mish, timings)

    claim = script.Claim("", "", script.OURS, script.PLAIN, mean=1.2, least=1.0)
    line = script.settle(claim, [measured("a", 1.5), measured("b", 1.0)])
    assert line.mean == pytest.approx(1.5**0.5) and line.ratios == {"a": 1.5, "b": 1.0}
    assert line.verdict == (
        "1.22 times, the least 1.00 (b); must be 1.2 times in the geometric mean and 1 times for each network: holds"
    )
    assert script.settle(claim, [measured("a", 1.1)]).verdict.endswith("DOES NOT HOLD")
    assert script.settle(claim, [measured("a", 2.0), measured("b", 0.8)]).verdict.endswith("DOES NOT HOLD")
    assert script.settle(claim, [measured("a", 2.0), measured("b", 0.97)]).verdict.endswith(": holds")
    of_mish = script.Claim("", "", script.OURS, script.PLAIN, mish=True)
    assert script.settle(of_mish, [measured("a", 2.0)]) is None
    assert script.settle(of_mish, [measured("a", 2.0), measured("b", 3.0, True)]).ratios == {"b": 3.0}
    failed = script.Network("c", False, {script.OURS: Timing(error="no"), script.PLAIN: Timing("y", (1.0,))})
    assert script.settle(claim, [failed]) is None
