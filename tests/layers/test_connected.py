"""[connected]: file order, transposed files, batch normalisation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from darkcsp.errors import OptionError
from darkcsp.weightfile import Header, Weights, parse_weights, write_weights
from tests.modules import network_of
from tests.networks import graph_of, weights_bytes, weights_of
from tests.single import PICTURE, close, conv, normalized, only, run, section

TEXT = PICTURE + conv(2) + section("connected", output=5, activation="linear")


def test_shapes_and_parameters() -> None:
    spec = only(PICTURE + conv(2) + section("conn", output=5, batch_normalize=1))
    assert spec.output == (5, 1, 1)
    names = [(blob.name, blob.shape) for blob in spec.blobs]
    assert names[:2] == [("biases", (5,)), ("weights", (5, 2 * 6 * 7))]
    assert names[2:] == [(name, (5,)) for name in ("scales", "means", "variances")]
    assert spec.flops == 0
    assert only(PICTURE + "[connected]\n").output == (1, 1, 1)


def test_values() -> None:
    result = run(TEXT)
    blobs = result.blobs(1)
    want = result.outputs[0].reshape(2, -1).astype(np.float64) @ blobs["weights"].T + blobs["biases"]
    close(result.last[:, :, 0, 0], want)


def test_batch_normalisation() -> None:
    result = run(PICTURE + conv(2) + section("connected", output=5, batch_normalize=1, activation="relu"))
    blobs = result.blobs(1)
    sums = result.outputs[0].reshape(2, -1).astype(np.float64) @ blobs["weights"].T
    close(result.last, np.maximum(normalized(sums[:, :, None, None], blobs), 0))


def test_the_default_activation_is_logistic() -> None:
    result = run(PICTURE + conv(1) + "[connected]\noutput=3\n")
    assert np.all((result.last > 0) & (result.last < 1))


@pytest.mark.parametrize("name", ["swish", "mish", "hard_mish", "normalize_channels"])
def test_activations_that_the_layer_does_not_know_give_zeros(name: str) -> None:
    text = PICTURE + conv(1) + section("connected", output=3, activation=name)
    assert not run(text).last.any() and not run(text, semantics="cpu").last.any()


def test_relu6_is_zero_on_a_cpu_alone() -> None:
    text = PICTURE + conv(1) + section("connected", output=30, activation="relu6")
    blobs = {"biases": np.linspace(-30, 30, 30, dtype=np.float32)}
    result = run(text, arrays={1: blobs})
    sums = result.outputs[0].reshape(2, -1).astype(np.float64) @ result.blobs(1)["weights"].T + blobs["biases"]
    close(result.last[:, :, 0, 0], np.clip(sums, 0, 6))
    assert not run(text, arrays={1: blobs}, semantics="cpu").last.any()


def test_old_files_hold_transposed_weights(tmp_path: Path) -> None:
    graph = graph_of(TEXT)
    weights = weights_of(graph)
    old = Weights(weights.arrays, Header(1001, 0, 0), "old", len(weights))
    write_weights(tmp_path / "old.weights", old, graph)
    data = (tmp_path / "old.weights").read_bytes()
    stored = np.frombuffer(data, "<f4", 5 * 84, len(data) - 4 * 5 * 84)
    np.testing.assert_array_equal(stored.reshape(84, 5).T, weights[1]["weights"])
    again = parse_weights(data, graph)
    for name, array in weights[1].items():
        np.testing.assert_array_equal(again[1][name], array)
    network = network_of(graph, again)
    network.save_weights(tmp_path / "again.weights")
    assert (tmp_path / "again.weights").read_bytes() == data


def test_new_files_hold_them_as_they_are(tmp_path: Path) -> None:
    graph = graph_of(TEXT)
    data = weights_bytes(graph)
    weights = parse_weights(data, graph)
    stored = np.frombuffer(data, "<f4", 5 * 84, len(data) - 4 * 5 * 84)
    np.testing.assert_array_equal(stored.reshape(5, 84), weights[1]["weights"])


def test_scales_that_are_not_loaded_are_as_darknet_starts_them() -> None:
    graph = graph_of(PICTURE + conv(1) + section("connected", output=3, batch_normalize=1, dontloadscales=1))
    weights = weights_of(graph)
    assert [blob.name for blob in graph.layers[1].stored] == ["biases", "weights"]
    assert weights[1]["scales"].tolist() == [1, 1, 1]
    assert weights[1]["variances"].tolist() == [0, 0, 0]


def test_impossible_options() -> None:
    with pytest.raises(OptionError, match=r"x\.cfg:13: \[connected\] output=0: must be 1 or more"):
        graph_of(PICTURE + conv(1) + section("connected", output=0))
