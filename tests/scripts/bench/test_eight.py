"""scripts/bench_eight: its peers calculate the same, and its verdicts are what was measured."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from darkcsp.benchmark.measure import Timing
from darkcsp.graph import Graph, build_graph
from darkcsp.runtimes import open_runtime
from darkcsp.weightfile import Weights, read_weights
from darkcsp.workers.process import Job, Worker, WorkerError
from darkcsp.workers.serving import Turn
from scripts.bench.eight import exports
from scripts.bench.eight.claims import Claim, settle
from scripts.bench.eight.network import Network
from scripts.bench.eight.ways import OURS, PLAIN
from tests.networks import DETECTOR, write_files


@pytest.fixture
def network(tmp_path: Path) -> tuple[Graph, Weights]:
    cfg, weights = write_files(tmp_path, DETECTOR)
    graph = build_graph(cfg)
    return graph, read_weights(weights, graph)


@pytest.mark.parametrize("peer", ["mish", "unfolded"])
def test_peers_calculate_the_same(peer: str, network: tuple[Graph, Weights], tmp_path: Path) -> None:
    model = getattr(exports, f"{peer}_export")(*network)
    operators = [node.op_type for node in model.graph.node]
    if peer == "mish":
        assert operators.count("Mish") == 1 and "Softplus" not in operators and model.opset_import[0].version == 18
    else:
        assert operators.count("BatchNormalization") == 2  # of four convolutions two are normalised
    exports.write(tmp_path / "peer.onnx", model)
    exports.write(tmp_path / "plain.onnx", exports.plain_export(*network))
    opened = [open_runtime(tmp_path / name, backend="onnxruntime") for name in ("peer.onnx", "plain.onnx")]
    picture = np.random.default_rng(0).random((1, 3, 32, 32), np.float32)
    found, wanted = (runtime.run(picture)[0] for runtime in opened)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_the_worker_that_knows_opencv_alone(network: tuple[Graph, Weights], tmp_path: Path) -> None:
    exports.write(tmp_path / "x.onnx", exports.plain_export(*network))
    options = {"onnx": str(tmp_path / "x.onnx"), "shape": [1, 3, 32, 32], "threads": 1}
    command = (sys.executable, "-m", "scripts.bench.opencv_worker")
    with Worker(Job(command, options), 60.0) as worker:
        assert worker.open().startswith("OpenCV ")
        assert len(worker.run(Turn(0.0, 2))) == 2
    (tmp_path / "x.onnx").write_bytes(b"no model")
    with Worker(Job(command, options), 60.0) as worker, pytest.raises(WorkerError):
        worker.open()


def measured(name: str, ours: float, mish: bool = False) -> Network:
    return Network(name, mish, {OURS: Timing("x", (1 / ours,)), PLAIN: Timing("y", (1.0,))})


def verdict(claim: Claim, *networks: Network) -> str:
    line = settle(claim, networks)
    assert line is not None
    return line.verdict


def test_verdicts() -> None:
    claim = Claim("", "", OURS, PLAIN, mean=1.2, least=1.0)
    line = settle(claim, [measured("a", 1.5), measured("b", 1.0)])
    assert line is not None
    assert line.mean == pytest.approx(1.5**0.5) and line.ratios == {"a": 1.5, "b": 1.0}
    assert line.verdict == (
        "1.22 times, the least 1.00 (b); required: 1.2 times in the geometric mean and 1 times for each network: holds"
    )
    assert verdict(claim, measured("a", 1.1)).endswith("DOES NOT HOLD")
    assert verdict(claim, measured("a", 2.0), measured("b", 0.8)).endswith("DOES NOT HOLD")
    assert verdict(claim, measured("a", 2.0), measured("b", 0.97)).endswith(": holds")


def test_claims_about_networks_that_were_not_measured() -> None:
    of_mish = Claim("", "", OURS, PLAIN, mish=True)
    assert settle(of_mish, [measured("a", 2.0)]) is None
    line = settle(of_mish, [measured("a", 2.0), measured("b", 3.0, True)])
    assert line is not None and line.ratios == {"b": 3.0}
    failed = Network("c", False, {OURS: Timing(error="no"), PLAIN: Timing("y", (1.0,))})
    assert settle(Claim("", "", OURS, PLAIN), [failed]) is None
