"""What can be done with any nn.Module can be done with a Network, and the result is what that says."""

from __future__ import annotations

import copy
import io
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune

import darkcsp
from darkcsp.errors import ArgumentError, WeightsError
from darkcsp.graph import build_graph
from darkcsp.to_torch import Network
from darkcsp.to_torch.registry import build_module
from tests.networks import CLASSIFIER, DETECTOR, graph_of, weights_of

CFGS = Path(__file__).parents[2] / "cfgs"

NETWORKS = ["enetb0", "csresnext50-panet-spp"]
"""Squeeze and excitation; groups, a pyramid of pools and heads on three scales."""

SHARING = DETECTOR.split("[shortcut]")[0] + (
    "[convolutional]\nbatch_normalize=1\nfilters=8\nsize=3\nstride=1\npad=1\nactivation=leaky\nshare_index=2\n"
)

RECURRENT = """[net]
width=16
height=16
channels=3

[crnn]
output=4
hidden=2
pad=1
activation=leaky

[convolutional]
filters=7
size=1

[yolo]
mask=0
anchors=4,6
num=1
classes=2
"""


def network_of(text: str = DETECTOR) -> Network:
    graph = graph_of(text)
    return Network(graph, weights_of(graph)).eval()


def picture(network: Network, count: int = 1) -> Tensor:
    return torch.rand(count, *network.graph.input, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module", params=NETWORKS)
def large(request: pytest.FixtureRequest) -> tuple[Network, Tensor, list[Tensor]]:
    """A network of the zoo on a small picture, and what it gives."""
    torch.manual_seed(0)
    network = Network(build_graph(CFGS / f"{request.param}.cfg", (64, 96))).eval()
    x = picture(network)
    with torch.inference_mode():
        return network, x, network(x)


def conv_of(network: Network, index: int) -> Any:
    return network.module(index).conv


def with_channels_last(network: Network) -> Network:
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def equal(found: list[Tensor], wanted: list[Tensor]) -> None:
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


# --- replacing


def test_a_replaced_layer_is_what_runs() -> None:
    network, x = network_of(), picture(network_of())
    first, second = network(x)
    new = nn.Conv2d(8, 14, 1)
    network.layers["L004_convolutional"] = new
    calls: list[int] = []
    new.register_forward_hook(lambda *_: calls.append(1))
    changed, unchanged = network(x)
    assert calls == [1]
    assert not torch.equal(changed, first)
    torch.testing.assert_close(unchanged, second)
    torch.testing.assert_close(network.layer_outputs(x)[4], changed)
    with pytest.raises(ArgumentError, match=r"layers\['L004_convolutional'\] was replaced by a Conv2d"):
        network.module(4)


@pytest.mark.parametrize(
    ("label", "new", "what"),
    [
        ("L004_convolutional", lambda spec: nn.Conv2d(8, 14, 1), "a Conv2d"),
        ("L001_maxpool", lambda spec: nn.AvgPool2d(2), "a AvgPool2d"),
        (
            "L001_maxpool",
            lambda spec: build_module(graph_of(DETECTOR.replace("size=2", "size=4")).layers[1]),
            "a MaxpoolModule of other options",
        ),
    ],
)
def test_what_the_format_cannot_store_is_refused_by_name(
    label: str, new: Callable[[Any], nn.Module], what: str, tmp_path: Path
) -> None:
    network = network_of()
    network.layers[label] = new(None)
    file = tmp_path / "x.weights"
    with pytest.raises(WeightsError, match=rf"x\.weights: .*layers\['{label}'\] is {what}.* x\.cfg:\d+: \[") as caught:
        network.save_weights(file)
    assert "state_dict" in str(caught.value)
    assert not file.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda layer: setattr(layer, "activation", nn.ReLU()),
        lambda layer: setattr(layer, "conv", nn.Conv2d(3, 8, 3, 2, 1, bias=True)),
        lambda layer: setattr(layer, "bn", None),
        lambda layer: setattr(layer, "conv", nn.Conv2d(3, 8, 5, 2, 2, bias=False)),
        lambda layer: setattr(layer.conv, "weight", nn.Parameter(torch.zeros(8, 3, 5, 5))),
        lambda layer: layer.add_module("adapter", nn.Linear(1, 1)),
    ],
)
def test_a_layer_whose_parts_were_changed_is_refused_too(change: Callable[[Any], object], tmp_path: Path) -> None:
    network = network_of()
    change(network.layers["L000_convolutional"])
    with pytest.raises(WeightsError, match=r"layers\['L000_convolutional'\]"):
        network.save_weights(tmp_path / "x.weights")


def test_a_layer_of_the_same_kind_is_stored(tmp_path: Path) -> None:
    network = network_of()
    new = build_module(network.graph.layers[4])
    new.reset_parameters()
    network.layers["L004_convolutional"] = new
    network.save_weights(tmp_path / "x.weights")
    (tmp_path / "x.cfg").write_text(DETECTOR)
    x = picture(network)
    equal(darkcsp.load(tmp_path / "x.cfg", tmp_path / "x.weights")(x), network(x))


def test_an_equal_part_is_stored(tmp_path: Path) -> None:
    network = network_of()
    layer: Any = network.layers["L000_convolutional"]
    layer.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
    network.save_weights(tmp_path / "x.weights")
    (tmp_path / "x.cfg").write_text(DETECTOR)
    x = picture(network)
    equal(darkcsp.load(tmp_path / "x.cfg", tmp_path / "x.weights")(x), network(x))


def test_layers_that_share_parameters_are_stored_only_while_they_do(tmp_path: Path) -> None:
    network = network_of(SHARING)
    network.save_weights(tmp_path / "x.weights")
    new = build_module(network.graph.layers[2])
    new.reset_parameters()
    network.layers["L002_convolutional"] = new
    with pytest.raises(WeightsError, match=r"'L003_convolutional'.*'L002_convolutional'.* share parameters"):
        network.save_weights(tmp_path / "x.weights")


# --- training


def test_frozen_layers_stay_as_they_are() -> None:
    network = network_of(CLASSIFIER).train()
    frozen = network.layers["L000_convolutional"].requires_grad_(False).eval()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    optimizer = torch.optim.SGD((p for p in network.parameters() if p.requires_grad), 0.1)
    loss = network(picture(network, 2))[0].square().sum()
    loss.backward()
    optimizer.step()
    assert all(parameter.grad is None for parameter in frozen.parameters())
    changed = {name for name, tensor in network.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed
    assert all(name.startswith("layers.L003_convolutional.") for name in changed)


def pruned() -> Network:
    network = network_of()
    prune.l1_unstructured(conv_of(network, 2), "weight", 0.5)  # type: ignore[no-untyped-call]
    prune.random_unstructured(conv_of(network, 4), "bias", 3)  # type: ignore[no-untyped-call]
    return network


def test_pruned_weights_are_used_and_stored_as_they_are_now(tmp_path: Path) -> None:
    network = pruned()
    x = picture(network)
    network(x)
    with torch.no_grad():  # as an optimizer does after the masks were applied last
        conv_of(network, 2).weight_orig.mul_(2)
    network.save_weights(tmp_path / "x.weights")
    (tmp_path / "x.cfg").write_text(DETECTOR)
    loaded = darkcsp.load(tmp_path / "x.cfg", tmp_path / "x.weights")
    assert (loaded.module(2).blobs()["weights"] == 0).float().mean() == pytest.approx(0.5, abs=0.01)
    equal(loaded(x), network(x))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda network: pickled(network)])
def test_pruned_networks_are_copied_after_they_ran(copied: Callable[[Network], Network]) -> None:
    network = pruned()
    x = picture(network)
    wanted = network(x)  # with gradients: the masked weights are no leaves then
    equal(copied(network)(x), wanted)
    wanted[0].sum().backward()


def test_parametrized_weights_are_stored_as_they_work(tmp_path: Path) -> None:
    network = network_of()
    parametrizations.weight_norm(conv_of(network, 2))
    network.save_weights(tmp_path / "x.weights")
    (tmp_path / "x.cfg").write_text(DETECTOR)
    x = picture(network)
    torch.testing.assert_close(darkcsp.load(tmp_path / "x.cfg", tmp_path / "x.weights")(x), network(x))


def test_synchronised_batch_normalisation_is_stored(tmp_path: Path) -> None:
    network = nn.SyncBatchNorm.convert_sync_batchnorm(network_of())  # type: ignore[no-untyped-call]
    network.save_weights(tmp_path / "x.weights")
    network_of().save_weights(tmp_path / "y.weights")
    assert (tmp_path / "x.weights").read_bytes() == (tmp_path / "y.weights").read_bytes()


def test_hooks_on_layers_are_called() -> None:
    network = network_of()
    seen: list[str] = []
    for label, layer in network.layers.items():
        layer.register_forward_hook(lambda module, inputs, output, label=label: seen.append(label))
    network.layers["L000_convolutional"].register_forward_hook(lambda module, inputs, output: output * 0)
    first, _ = network(picture(network))
    heads = {spec.label for spec in network.graph.heads}
    assert seen == [label for label in network.layers if label not in heads]
    assert torch.equal(first, first[:, :, :1, :1].expand_as(first))  # nothing of the picture is left


# --- copies


def pickled(network: Network) -> Network:
    file = io.BytesIO()
    torch.save(network, file)
    file.seek(0)
    loaded: Network = torch.load(file, weights_only=False)
    return loaded


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_copies_give_the_same_and_are_their_own(
    copied: Callable[[Network], Network], large: tuple[Network, Tensor, list[Tensor]]
) -> None:
    network, x, wanted = large
    other = copied(network)
    with torch.inference_mode():
        equal(other(x), wanted)
        for parameter in other.parameters():
            parameter.zero_()
        equal(network(x), wanted)


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_copies_of_sharing_layers_share(copied: Callable[[Network], Network]) -> None:
    other = copied(network_of(SHARING))
    assert other.module(3).blobs()["weights"] is other.module(2).blobs()["weights"]


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_copies_carry_the_state_of_a_sequence(copied: Callable[[Network], Network]) -> None:
    network = network_of(RECURRENT)
    x = picture(network)
    network(x)
    other = copied(network)
    equal(other(x), network(x))


def test_the_state_of_a_sequence_follows_the_parameters() -> None:
    network = network_of(RECURRENT)
    network(picture(network))
    network.double()
    assert network(picture(network).double())[0].dtype == torch.float64


def test_a_state_dict_goes_round(large: tuple[Network, Tensor, list[Tensor]]) -> None:
    network, x, wanted = large
    other = Network(network.graph).eval()
    other.load_state_dict(network.state_dict())
    with torch.inference_mode():
        equal(other(x), wanted)


# --- types and layouts


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 0.02), (torch.bfloat16, 0.1), (torch.float64, 1e-4)])
def test_it_runs_in_other_types(
    dtype: torch.dtype, tolerance: float, large: tuple[Network, Tensor, list[Tensor]]
) -> None:
    network, x, wanted = large
    with torch.inference_mode():
        found = copy.deepcopy(network).to(dtype)(x.to(dtype))
    assert {tensor.dtype for tensor in found} == {dtype}
    for one, other in zip(found, wanted, strict=True):
        error = (one.to(torch.float32) - other).abs().mean() / other.abs().mean()
        assert error < tolerance


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_it_runs_under_autocast_and_trains_there(
    dtype: torch.dtype, large: tuple[Network, Tensor, list[Tensor]]
) -> None:
    network, x, wanted = large
    with torch.autocast("cpu", dtype), torch.inference_mode():
        found = network(x)
    for one, other in zip(found, wanted, strict=True):
        assert (one.float() - other).abs().mean() / other.abs().mean() < 0.1
    small = network_of().train()
    with torch.autocast("cpu", dtype):
        loss = torch.stack([head.float().square().mean() for head in small(picture(small, 2))]).sum()
    loss.backward()  # type: ignore[no-untyped-call]
    assert all(p.grad is not None and p.grad.isfinite().all() for p in small.parameters())


def test_it_runs_with_channels_last(large: tuple[Network, Tensor, list[Tensor]], tmp_path: Path) -> None:
    network, x, wanted = large
    other = with_channels_last(copy.deepcopy(network))
    with torch.inference_mode():
        found = other(x.contiguous(memory_format=torch.channels_last))
    for one, reference in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, reference, rtol=1e-3, atol=1e-3)
    network.save_weights(tmp_path / "a.weights")
    other.save_weights(tmp_path / "b.weights")
    assert (tmp_path / "a.weights").read_bytes() == (tmp_path / "b.weights").read_bytes()


def test_local_layers_go_to_channels_last() -> None:
    text = "[net]\nwidth=8\nheight=8\nchannels=3\n[local]\nfilters=2\nsize=3\npad=1\nstride=1\nactivation=leaky\n"
    network = network_of(text)
    x = picture(network)
    wanted = network(x)
    equal(with_channels_last(network)(x.contiguous(memory_format=torch.channels_last)), wanted)
    assert network.double().layers["L000_local"].weight.dtype == torch.float64


def test_data_parallel_runs_it() -> None:
    network = network_of()
    x = picture(network, 3)
    equal(nn.DataParallel(network)(x), network(x))


# --- compilers


def test_torch_export_takes_it(large: tuple[Network, Tensor, list[Tensor]]) -> None:
    network, x, wanted = large
    with torch.inference_mode():
        equal(torch.export.export(network, (x,)).module()(x), wanted)


def test_torch_export_leaves_batch_and_size_open_where_it_is_told_to() -> None:
    network = network_of()
    batch, across, down = (torch.export.Dim(name, min=1, max=16) for name in ("batch", "across", "down"))
    shapes = ({0: batch, 2: 4 * down, 3: 4 * across},)
    exported = torch.export.export(network, (torch.rand(2, 3, 32, 32),), dynamic_shapes=shapes).module()
    x = torch.rand(3, 3, 64, 48)
    for one, other in zip(exported(x), network(x), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("text", [DETECTOR, CLASSIFIER, SHARING, RECURRENT])
def test_torch_compile_takes_it_without_breaks(text: str) -> None:
    network = network_of(text)
    x = picture(network)
    torch.compiler.reset()
    with torch.inference_mode():
        found = torch.compile(network, backend="eager", fullgraph=True)(x)
        network.reset_state()
        equal(found, network(x))


@pytest.mark.slow
def test_torch_compile_takes_large_networks(large: tuple[Network, Tensor, list[Tensor]]) -> None:
    network, x, wanted = large
    torch.compiler.reset()
    with torch.inference_mode():
        equal(torch.compile(network, backend="eager", fullgraph=True)(x), wanted)


@pytest.mark.skipif(shutil.which("g++") is None and shutil.which("clang++") is None, reason="needs a C++ compiler")
def test_torch_compile_makes_code_of_it() -> None:
    network, x = network_of(), picture(network_of())
    torch.compiler.reset()
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = torch.compile(network)(x)
    for one, other in zip(found, network(x), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.filterwarnings("ignore:`torch.jit.trace", "ignore:Encountering a list at the output of the tracer")
def test_torch_jit_traces_it(large: tuple[Network, Tensor, list[Tensor]]) -> None:
    network, x, wanted = large
    with torch.inference_mode():
        traced = torch.jit.trace(network, x, check_trace=False)  # type: ignore[no-untyped-call]
        equal(traced(x), wanted)
