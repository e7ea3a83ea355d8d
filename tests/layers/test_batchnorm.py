"""[batchnorm]: parameters and values in both programs."""

from __future__ import annotations

import numpy as np

from darkcsp.graph import Graph
from darkcsp.layers.batchnorm import Batchnorm
from tests.modules import network_of
from tests.networks import graph_of
from tests.single import PICTURE, PJREDDIES, close, conv, normalized, read_as_theirs, run, section, their_conv

TEXT = PICTURE + conv(4) + section("batchnorm")


def stored(graph: Graph) -> list[str]:
    return [blob.name for blob in graph.layers[1].stored]


def test_parameters() -> None:
    graph = graph_of(TEXT)
    assert stored(graph) == ["biases", "scales", "means", "variances"]
    assert graph.layers[1].output == (4, 6, 7)
    assert graph.layers[1].flops == 0


def test_values() -> None:
    result = run(TEXT)
    close(result.last, normalized(result.outputs[0], result.blobs(1)))


def test_dontloadscales_means_nothing_here_but_dontload_does() -> None:
    assert stored(graph_of(TEXT.replace("[batchnorm]", "[batchnorm]\ndontloadscales=1"))) == stored(graph_of(TEXT))
    assert stored(graph_of(TEXT.replace("[batchnorm]", "[batchnorm]\ndontload=1"))) == []


def test_pjreddies_has_no_biases() -> None:
    graph = graph_of(TEXT + PJREDDIES)
    assert stored(graph) == ["scales", "means", "variances"]
    result = run(TEXT + PJREDDIES)
    blobs = result.blobs(1)
    factor = (blobs["scales"] / (np.sqrt(blobs["variances"]) + 1e-6))[:, None, None]
    close(result.outputs[1], (result.outputs[0] - blobs["means"][:, None, None]) * factor)


def test_what_cannot_be_saved_is_not_learned() -> None:
    learned = {
        name for name, tensor in network_of(graph_of(TEXT + PJREDDIES)).named_parameters() if tensor.requires_grad
    }
    assert "layers.L001_batchnorm.bn.weight" in learned
    assert "layers.L001_batchnorm.bn.bias" not in learned
    assert network_of(graph_of(TEXT)).get_parameter("layers.L001_batchnorm.bn.bias").requires_grad


def test_batchnorm2d_of_wongkinyius_readers_is_in_no_file() -> None:
    result = run(PICTURE + their_conv(2) + "[BatchNorm2d]\n", dialect="wongkinyiu")
    spec = result.graph.layers[1]
    assert isinstance(spec, Batchnorm)
    assert (spec.stored, spec.normalization) == ((), (1e-4, False))
    blobs = {name: values.astype(np.float64)[None, :, None, None] for name, values in result.blobs(1).items()}
    want = (result.outputs[0] - blobs["means"]) / np.sqrt(blobs["variances"] + 1e-4) * blobs["scales"]
    close(result.last, want + blobs["biases"])


def test_batchnorm2d_starts_at_nothing_or_with_imagenets_pictures() -> None:
    first, second = read_as_theirs(PICTURE + "[BatchNorm2d]\n" + their_conv(2) + "[BatchNorm2d]\n").layers[::2]
    assert first.initial_values["means"] == (0.485, 0.456, 0.406)
    assert second.initial_values == {"biases": 0, "scales": 1, "means": 0, "variances": 1}
    network = network_of(read_as_theirs(PICTURE + "[BatchNorm2d]\n" + their_conv(2)))
    variances = network.get_buffer("layers.L000_batchnorm.bn.running_var").numpy()
    close(variances, np.array([0.0524, 0.0502, 0.0506]))
