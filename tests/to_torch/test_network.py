from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor, nn

import darkcsp
from darkcsp.errors import CfgWarning, WeightsError
from darkcsp.spec.program import SEMANTICS
from darkcsp.to_torch import Network
from tests.networks import CLASSIFIER, DETECTOR, POOLING, graph_of, weights_of, write_files


def network_of(text: str = DETECTOR) -> Network:
    graph = graph_of(text)
    return Network(graph, weights_of(graph)).eval()


def test_load_gives_raw_heads_for_any_batch(tmp_path: Path) -> None:
    network = darkcsp.load(*write_files(tmp_path, DETECTOR))
    assert not network.training
    heads = network(torch.rand(3, 3, 32, 32))
    assert [tuple(head.shape) for head in heads] == [(3, 14, 8, 8), (3, 7, 16, 16)]
    single = network(torch.rand(1, 3, 64, 32))
    assert [tuple(head.shape) for head in single] == [(1, 14, 16, 8), (1, 7, 32, 16)]


def test_load_follows_the_semantics(tmp_path: Path) -> None:
    files = write_files(tmp_path, POOLING)
    picture = torch.rand(1, 3, 32, 64)
    default, trained, cpu = (
        network(picture)[0]
        for network in (darkcsp.load(*files), *(darkcsp.load(*files, semantics=s) for s in SEMANTICS))
    )
    torch.testing.assert_close(default, trained)
    assert not torch.allclose(trained, cpu, atol=0.01)


def test_a_classifier_gives_its_probabilities() -> None:
    (output,) = network_of(CLASSIFIER)(torch.rand(2, 3, 16, 16))
    assert output.shape == (2, 5, 1, 1)
    torch.testing.assert_close(output.sum(1).ravel(), torch.ones(2))


def test_each_picture_of_a_batch_is_computed_alone() -> None:
    network = network_of()
    batch = torch.rand(4, 3, 32, 32)
    with torch.inference_mode():
        together = network(batch)
        apart = [network(picture[None]) for picture in batch]
    for index, head in enumerate(together):
        torch.testing.assert_close(head, torch.cat([heads[index] for heads in apart]))


def test_layer_outputs_have_every_layer_and_agree_with_forward() -> None:
    network = network_of()
    x = torch.rand(1, 3, 32, 32)
    outputs = network.layer_outputs(x)
    assert list(outputs) == list(range(len(network.graph.layers)))
    for spec in network.graph.layers:
        assert tuple(outputs[spec.index].shape[1:]) == tuple(spec.output)
    torch.testing.assert_close(network(x)[0], outputs[4])
    assert outputs.state == {}


def test_forward_frees_what_no_later_layer_needs() -> None:
    network = network_of()
    alive: list[weakref.ref[Tensor]] = []
    counts = []

    def remember(module: nn.Module, inputs: object, output: Tensor) -> None:
        counts.append(sum(reference() is not None for reference in alive))
        alive.append(weakref.ref(output))

    for module in network.layers.values():
        module.register_forward_hook(remember)
    with torch.inference_mode():
        network(torch.rand(1, 3, 32, 32))
    gc.collect()
    assert len(alive) == 9  # the second [yolo], and the first, are not run at all
    assert max(counts) <= 4


def test_names_in_the_state_dict_are_readable_and_load_back() -> None:
    network = network_of()
    state = network.state_dict()
    assert {"layers.L000_convolutional.conv.weight", "layers.L000_convolutional.bn.running_mean"} <= set(state)
    fresh = Network(network.graph).eval()
    x = torch.rand(1, 3, 32, 32)
    assert not torch.equal(fresh(x)[0], network(x)[0])
    fresh.load_state_dict(state)
    torch.testing.assert_close(fresh(x)[0], network(x)[0])


def test_saved_weights_are_identical_when_nothing_changed(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    network = darkcsp.load(cfg, weights)
    network.save_weights(tmp_path / "again.weights")
    assert (tmp_path / "again.weights").read_bytes() == weights.read_bytes()
    with torch.no_grad():
        network.module(0).blobs()["biases"].add_(1)
    network.save_weights(tmp_path / "again.weights")
    assert (tmp_path / "again.weights").read_bytes() != weights.read_bytes()
    with pytest.raises(WeightsError, match="cannot be written"):
        network.save_weights(tmp_path / "nowhere" / "x.weights")


def test_it_trains() -> None:
    torch.manual_seed(0)
    network = Network(graph_of(CLASSIFIER)).train()
    optimizer = torch.optim.SGD(network.parameters(), 0.5)
    x, y = torch.rand(8, 3, 16, 16), torch.arange(8) % 5
    losses = []
    for _ in range(30):
        loss = nn.functional.nll_loss(torch.log(network(x)[0].flatten(1)), y)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_it_moves_and_changes_type() -> None:
    network = network_of().to(torch.float64)
    assert network(torch.rand(1, 3, 32, 32, dtype=torch.float64))[0].dtype == torch.float64
    assert next(network.to("meta").parameters()).device.type == "meta"


def test_shared_parameters_are_one(tmp_path: Path) -> None:
    text = DETECTOR.split("[shortcut]")[0] + "[convolutional]\nbatch_normalize=1\nfilters=8\nsize=3\nstride=1\npad=1\n"
    text += "activation=leaky\nshare_index=2\n"
    network = darkcsp.load(*write_files(tmp_path, text))
    assert network.module(3).blobs()["weights"] is network.module(2).blobs()["weights"]
    network.save_weights(tmp_path / "again.weights")
    assert (tmp_path / "again.weights").read_bytes() == (tmp_path / "x.weights").read_bytes()


def test_a_partial_file_warns_and_loads_what_it_covers(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    graph = graph_of(DETECTOR)
    covered = 20 + 4 * sum(blob.size for blob in graph.layers[0].stored)
    weights.write_bytes(weights.read_bytes()[:covered])
    with pytest.warns(CfgWarning, match="covers 1 of 4 layers, up to 0"):
        network = darkcsp.load(cfg, weights)
    whole = weights_of(graph)
    assert network.module(0).blobs()["biases"].tolist() == whole[0]["biases"].tolist()


def test_a_wrong_input_is_told() -> None:
    with pytest.raises(ValueError, match=r"takes batches of shape \(N, 3, 32, 32\), not \(1, 1, 32, 32\)"):
        network_of()(torch.rand(1, 1, 32, 32))
