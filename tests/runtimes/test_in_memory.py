"""A Network in memory is opened like a file, with the parameters that it has at that moment."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch import nn
from torch.nn.utils import prune

import darkcsp
from darkcsp.arrays import Array
from darkcsp.errors import ArgumentError, ModelError, WeightsError
from darkcsp.graph.reading import CfgReading
from darkcsp.runtimes import open_runtime
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.choice.measuring import try_apart
from darkcsp.runtimes.in_memory import network_source, read_network
from darkcsp.runtimes.source import read_source
from darkcsp.to_torch import Network
from tests.networks import CLASSIFIER, DETECTOR, graph_of, weights_of, write_files

BACKENDS = ["opencv", "onnxruntime", "torch"]
PICTURE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)


def network_of(text: str) -> Network:
    graph = graph_of(text)
    return Network(graph, weights_of(graph)).eval()


def tuned(network: Network) -> Network:
    """Change every parameter a little, as training does."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1 + 0.1 * torch.rand(parameter.shape, generator=generator))
    return network


def batch_for(size: tuple[int, int] = (32, 32)) -> Array:
    return np.random.default_rng(1).random((2, 3, size[1], size[0]), np.float32)


@pytest.mark.parametrize("backend", BACKENDS)
def test_it_gives_what_its_files_give(backend: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    network = tuned(darkcsp.load(cfg, weights))
    network.save_weights(tmp_path / "tuned.weights")
    names = ["cat", "dog"]
    options: dict[str, Any] = {"names": names, "backend": backend, "threshold": 0.05, "max_detections": 0}
    found = darkcsp.Detector(network, **options)(PICTURE)
    wanted = darkcsp.Detector(cfg=cfg, weights=tmp_path / "tuned.weights", **options)(PICTURE)
    before = darkcsp.Detector(cfg=cfg, weights=weights, **options)(PICTURE)
    assert len(found) > 0
    np.testing.assert_allclose(found.xyxy, wanted.xyxy, rtol=1e-5)
    np.testing.assert_array_equal(found.class_id, wanted.class_id)
    assert found.names[0] in names
    assert len(found) != len(before) or not np.allclose(found.xyxy, before.xyxy)


@pytest.mark.parametrize("backend", BACKENDS)
def test_backends_agree_on_it(backend: str) -> None:
    network = tuned(network_of(DETECTOR))
    with torch.inference_mode():
        wanted = network.decoded()(torch.from_numpy(batch_for())).numpy()
    (found,) = open_runtime(network, backend=backend).run(batch_for())
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("backend", BACKENDS)
def test_it_is_opened_at_another_size(backend: str) -> None:
    network = network_of(DETECTOR)
    runtime = open_runtime(network, backend=backend, size=(64, 48))
    assert tuple(runtime.input_shape) == tuple(runtime.metadata.input) == (3, 48, 64)
    with torch.inference_mode():
        wanted = network.decoded()(torch.from_numpy(batch_for((64, 48)))).numpy()
    np.testing.assert_allclose(runtime.run(batch_for((64, 48)))[0], wanted, rtol=1e-4, atol=1e-5)
    with pytest.raises(ArgumentError, match=r"takes pictures of 32x32 .* at 30x42"):
        open_runtime(network, backend=backend, size=(30, 42))


@pytest.mark.parametrize("backend", BACKENDS)
def test_classifiers_are_classifiers(backend: str) -> None:
    network = network_of(CLASSIFIER)
    (first, *_) = darkcsp.Classifier(network, names=list("abcde"), backend=backend, size=(16, 16))(PICTURE)
    assert first.name in "abcde"
    with pytest.raises(ModelError, match="has no detection heads"):
        darkcsp.Detector(network, backend=backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_training_goes_on_without_it(backend: str) -> None:
    network = network_of(DETECTOR).train()
    runtime = open_runtime(network, backend=backend)
    before = runtime.run(batch_for())[0]
    assert network.training
    tuned(network)
    np.testing.assert_array_equal(runtime.run(batch_for())[0], before)
    assert not np.allclose(open_runtime(network, backend=backend).run(batch_for())[0], before)


@pytest.mark.parametrize("backend", BACKENDS)
def test_pruned_and_half_networks_are_opened(backend: str) -> None:
    network = network_of(DETECTOR).half()
    prune.l1_unstructured(network.module(2).conv, "weight", 0.5)  # type: ignore[no-untyped-call]
    (found,) = open_runtime(network, backend=backend).run(batch_for())
    assert found.dtype == np.float32
    wide = network.float().decoded()
    with torch.inference_mode():
        np.testing.assert_allclose(found, wide(torch.from_numpy(batch_for())).numpy(), rtol=1e-3, atol=1e-4)


def test_replaced_layers_run_in_torch_and_are_refused_elsewhere_by_name() -> None:
    network = network_of(DETECTOR)
    network.layers["L004_convolutional"] = nn.Conv2d(8, 14, 1)
    with torch.inference_mode():
        wanted = network.decoded()(torch.from_numpy(batch_for())).numpy()
    (found,) = open_runtime(network, backend="torch").run(batch_for())
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
    with pytest.raises(WeightsError, match=r"layers\['L004_convolutional'\] is a Conv2d"):
        open_runtime(network, backend="onnxruntime")


def test_other_processes_can_read_it() -> None:
    network = tuned(network_of(DETECTOR))
    source = network_source(network, "decoded", CfgReading((64, 32)))
    again = read_source(source.arguments)
    assert again.fingerprint() == source.fingerprint()
    assert again.fingerprint() != network_source(tuned(network), "decoded", CfgReading((64, 32))).fingerprint()
    trial = try_apart(source, Candidate("onnxruntime", "default"), 1)
    assert trial.outputs[0].shape == (1, 8 * 16 * 2 + 16 * 32, 7)
    assert read_network(source.arguments).graph.input == (3, 32, 64)
    file = Path(source.arguments["network"])
    assert file.exists()
    del source
    gc.collect()
    assert not file.exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model": 3}, "model= is a int; expected the path of an ONNX file, or a darkcsp.Network"),
        ({"model": nn.Linear(1, 1)}, "model= is a Linear; expected"),
        ({"semantics": "cpu"}, "built with semantics='trained'"),
        ({"dialect": "pjreddie"}, "built with dialect='alexeyab'"),
        ({"cfg": "x.cfg", "weights": "x.weights"}, "model='Network': pass model=, or both"),
    ],
)
def test_what_does_not_go_with_it_is_told(given: dict[str, object], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        darkcsp.Detector(**{"model": network_of(DETECTOR), "backend": "torch", **given})  # type: ignore[arg-type]
