"""Parameters from any file: by the file's ending, with names, shapes and places in errors."""

from __future__ import annotations

import contextlib
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from darkcsp.checkpoint import read_parameters
from darkcsp.checkpoint.names import parameters
from darkcsp.checkpoint.released import TRAINED_WITH
from darkcsp.errors import CfgWarning, WeightsError
from darkcsp.graph import Graph, build_graph
from darkcsp.weightfile import Weights
from tests.modules import network_of, torch_layers
from tests.networks import DETECTOR, graph_of, weights_bytes, weights_of
from tests.reference import Array
from tests.single import numbers, read_as_theirs, section, their_conv

TEXT = (
    "[net]\nwidth=16\nheight=8\nchannels=3\n\n[BatchNorm2d]\n"
    + their_conv(4, batch_normalize=1, activation="leaky")
    + their_conv(4, batch_normalize=1)
    + section("shortcut", **{"from": "-2"}, weights_type="per_feature")
    + section("implicit_add", filters=4)
    + section("implicit_mul_2d", filters=2, atoms=2)
    + section("route", layers="3")
    + section("shift_channels", **{"from": 4})
    + section("control_channels_2d", **{"from": 5})
    + their_conv(7, size=1, stride=8)
    + section("yolo", mask="0", anchors="4,6", classes=2, num=1)
)
Tensors = dict[str, Array]
Save = Callable[[Any, Path], None]


def their_tensors(graph: Graph, weights: Weights) -> Tensors:
    """What their program would have saved."""
    found = {name: weights[layer][blob.name].reshape(shape) for layer, blob, name, shape in parameters(graph)}
    counters = {
        name.replace("running_mean", "num_batches_tracked"): np.array(7, np.int64) for name in found if "mean" in name
    }
    return {**found, **counters}  # type: ignore[dict-item]


def save_pt(found: Any, path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save(_to_torch(found), path)


def _to_torch(found: Any) -> Any:
    torch = pytest.importorskip("torch")
    if isinstance(found, Mapping):
        return {name: _to_torch(value) for name, value in found.items()}
    return torch.from_numpy(np.array(found)) if isinstance(found, np.ndarray) else found


def save_safetensors(found: Any, path: Path) -> None:
    save_file = pytest.importorskip("safetensors.numpy").save_file
    save_file({name: np.ascontiguousarray(array) for name, array in found.items()}, path)


def equal(found: Weights, wanted: Weights) -> None:
    assert found.keys() == wanted.keys()
    for layer, blobs in wanted.items():
        assert found[layer].keys() == blobs.keys()
        for name, values in blobs.items():
            np.testing.assert_array_equal(found[layer][name], values)


def test_names_are_theirs() -> None:
    assert [parameter.name.removeprefix("module_list.") for parameter in parameters(read_as_theirs(TEXT))] == [
        *(f"0.{name}" for name in ("bias", "weight", "running_mean", "running_var")),
        *(f"1.BatchNorm2d.{name}" for name in ("bias", "weight", "running_mean", "running_var")),
        "1.Conv2d.weight",
        *(f"2.BatchNorm2d.{name}" for name in ("bias", "weight", "running_mean", "running_var")),
        "2.Conv2d.weight",
        "3.w",
        "4.implicit",
        "5.implicit",
        "9.Conv2d.bias",
        "9.Conv2d.weight",
    ]
    shapes = {parameter.name: parameter.shape for parameter in parameters(read_as_theirs(TEXT))}
    assert [shapes[f"module_list.{name}"] for name in ("3.w", "4.implicit", "5.implicit", "2.Conv2d.weight")] == [
        (2,), (1, 4, 1, 1), (1, 2, 2, 1), (4, 4, 3, 3)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("save", "ending", "wrap"),
    [
        (save_pt, "pt", lambda found: found),
        (save_pt, "PTH", lambda found: {"model": found, "epoch": 3, "optimizer": None}),
        (save_pt, "pt", lambda found: {f"module.{name}": values for name, values in found.items()}),
        (save_safetensors, "safetensors", lambda found: found),
    ],
)
def test_a_checkpoint_has_everything(save: Save, ending: str, wrap: Callable[[Any], Any], tmp_path: Path) -> None:
    graph = read_as_theirs(TEXT)
    wanted = weights_of(graph)
    path = tmp_path / f"x.{ending}"
    save(wrap(their_tensors(graph, wanted)), path)
    found = read_parameters(path, graph)
    equal(found, wanted)
    assert (found.path, found.is_partial, found.notices) == (str(path), False, ())


def test_half_precision_becomes_float32(tmp_path: Path) -> None:
    graph = read_as_theirs(TEXT)
    wanted = weights_of(graph)
    halves = {name: array.astype(np.float16) for name, array in their_tensors(graph, wanted).items()}
    save_pt(halves, tmp_path / "x.pt")
    found = read_parameters(tmp_path / "x.pt", graph)
    np.testing.assert_array_equal(found[3]["weights"], wanted[3]["weights"].astype(np.float16).astype(np.float32))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: found.pop("module_list.4.implicit"), r"x.pt: has no module_list.4.implicit. Is this the check"),
        (lambda found: found.update({"layers.x": np.zeros(2)}), "x.pt: has layers.x, which no layer of the cfg uses"),
        (
            lambda found: found.update({"module_list.3.w": np.zeros(3)}),
            r"x.pt: has module_list.3.w of shape \(3,\), expected \(2,\)",
        ),
        (
            lambda found: [found.pop(name) for name in list(found) if "Conv2d" in name or "2d.bias" in name],
            "has no module_list.1.BatchNorm2d.bias, .* and 2 more",
        ),
    ],
)
def test_names_and_shapes_that_do_not_fit_are_named(
    change: Callable[[Tensors], object], message: str, tmp_path: Path
) -> None:
    graph = read_as_theirs(TEXT)
    found = their_tensors(graph, weights_of(graph))
    change(found)
    save_pt(found, tmp_path / "x.pt")
    with pytest.raises(WeightsError, match=message):
        read_parameters(tmp_path / "x.pt", graph)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (b"no file of PyTorch's", "is not a checkpoint that PyTorch can read|holds more than tensors"),
        (None, "cannot be read: No such file"),
        ({"model": 3}, "holds a int, expected a state_dict, or one under 'model'"),
        ({"epoch": 3}, "holds 'epoch', which is not a tensor; expected a state_dict"),
        ({}, "holds nothing; expected a state_dict"),
    ],
)
def test_files_that_are_no_checkpoints(what: Any, message: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    path = tmp_path / "x.pt"
    if isinstance(what, bytes):
        path.write_bytes(what)
    elif what is not None:
        save_pt(what, path)
    with pytest.raises(WeightsError, match=f"x.pt: ({message})"):
        read_parameters(path, read_as_theirs(TEXT))


def test_a_pickled_module_is_not_opened_and_the_way_out_is_told(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save({"model": torch.nn.Conv2d(1, 1, 1)}, tmp_path / "x.pt")
    with pytest.raises(WeightsError, match=r"holds more than tensors, .*\['model'\].state_dict\(\), 'x.pt'\)"):
        read_parameters(tmp_path / "x.pt", read_as_theirs(TEXT))


def test_files_that_are_no_safetensors(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    (tmp_path / "x.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(WeightsError, match="is not a safetensors file"):
        read_parameters(tmp_path / "x.safetensors", read_as_theirs(TEXT))
    with pytest.raises(WeightsError, match="cannot be read: No such file"):
        read_parameters(tmp_path / "y.safetensors", read_as_theirs(TEXT))


def test_darknets_networks_have_no_checkpoints(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"x.pt: is a checkpoint .* use dialect='wongkinyiu' \(--dialect"):
        read_parameters(tmp_path / "x.pt", graph_of(DETECTOR))


def test_a_weights_file_tells_what_it_does_not_hold(tmp_path: Path) -> None:
    graph = read_as_theirs(TEXT)
    path = tmp_path / "x.weights"
    path.write_bytes(weights_bytes(graph) + b"1234567")
    found = read_parameters(path, graph)
    extra, missing = (item.message for item in found.notices)
    assert extra.startswith("has 7 bytes after the last layer, which are ignored; the cfg needs ")
    assert "L000_batchnorm, L003_shortcut, L004_implicit, L005_implicit" in missing
    assert "keep their initial values. Use a checkpoint (.pt, .safetensors) to load them" in missing
    assert not found.is_partial
    assert (found[4]["weights"] == 0).all() and (found[5]["weights"] == 1).all() and (found[3]["weights"] == 0).all()


def test_a_last_convolution_starts_at_random_with_a_word(tmp_path: Path) -> None:
    graph = read_as_theirs(TEXT.partition("[yolo]")[0])
    path = tmp_path / "x.weights"
    path.write_bytes(weights_bytes(graph))
    *_, random = (item.message for item in read_parameters(path, graph).notices)
    assert "has no parameters for L009_convolutional" in random and "start at random" in random


def test_their_header_has_20_bytes_whatever_the_version(tmp_path: Path) -> None:
    graph = read_as_theirs(TEXT)
    data = weights_bytes(graph)
    old = np.array([0, 1, 0], "<i4").tobytes() + data[12:]
    (tmp_path / "x.weights").write_bytes(old)
    found = read_parameters(tmp_path / "x.weights", graph)
    assert found.header.size == 20
    assert found.header.to_bytes() == old[:20]
    equal(found, read_parameters(_written(tmp_path / "y.weights", data), graph))


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", TRAINED_WITH)
def test_released_weights_that_belong_to_another_cfg_are_told(name: str, tmp_path: Path) -> None:
    text = "[net]\nwidth=16\nheight=8\nchannels=3\n\n" + their_conv(4)
    (tmp_path / f"{name}.cfg").write_text(text)

    graph = build_graph(tmp_path / f"{name}.cfg")
    path = _written(tmp_path / f"{name}.weights", weights_bytes(graph))
    (notice,) = read_parameters(path, graph).notices
    assert f"belongs to {TRAINED_WITH[name]}.cfg, not to {name}.cfg" in notice.message
    other = _written(tmp_path / "other.weights", weights_bytes(graph))
    assert read_parameters(other, graph).notices == ()


def test_what_a_network_learns_comes_back_by_its_checkpoint_alone(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    graph = read_as_theirs(TEXT)
    network = network_of(graph, weights_of(graph)).train()
    optimiser = torch.optim.SGD(network.parameters(), 0.01)
    (head,) = network(torch.from_numpy(numbers(4, 3, 8, 16)))
    head.square().mean().backward()
    moved = [network.get_parameter(f"layers.{name}.weights") for name in ("L003_shortcut", "L004_implicit")]
    assert all(parameter.grad is not None and parameter.grad.abs().max() > 0 for parameter in moved)
    optimiser.step()
    network.eval()
    torch.save(network.checkpoint(), tmp_path / "x.pt")
    found = read_parameters(tmp_path / "x.pt", graph)
    given = numbers(1, 3, 8, 16)
    with torch.no_grad():
        want = network(torch.from_numpy(given))[0].numpy()
    np.testing.assert_array_equal(torch_layers(graph, found, given)[9], want)
    with pytest.warns(CfgWarning, match=r"holds nothing for L000_batchnorm, .*torch.save\(network.checkpoint\(\)"):
        network.save_weights(tmp_path / "x.weights")


def test_a_network_of_darknets_has_no_checkpoint() -> None:
    with pytest.raises(WeightsError, match="is a network of Darknet's, whose parameters save_weights writes"):
        network_of(graph_of(DETECTOR)).checkpoint()


def test_a_state_dict_restores_a_network() -> None:
    torch = pytest.importorskip("torch")
    graph = read_as_theirs(TEXT)
    one, other = network_of(graph, weights_of(graph, 1)).eval(), network_of(graph, weights_of(graph, 2)).eval()
    other.load_state_dict(one.state_dict())
    given = torch.from_numpy(numbers(1, 3, 8, 16))
    with torch.no_grad():
        np.testing.assert_array_equal(one(given)[0].numpy(), other(given)[0].numpy())


def hollow_pt(folder: Path) -> Path:
    """Every tensor is one number, repeated by a stride of 0."""
    torch = pytest.importorskip("torch")
    path = folder / "hollow.pt"
    torch.save({name: torch.zeros(1).expand(10**12) for name in ("a", "b")}, path)
    return path


def packed_pt(folder: Path) -> Path:
    torch = pytest.importorskip("torch")
    torch.save({"a": torch.zeros(10**6)}, folder / "plain.pt")
    path = folder / "packed.pt"
    with zipfile.ZipFile(folder / "plain.pt") as plain, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    return path


def sparse_pt(folder: Path) -> Path:
    torch = pytest.importorskip("torch")
    path = folder / "sparse.pt"
    torch.save({"a": torch.eye(3).to_sparse()}, path)
    return path


def huge(folder: Path) -> Path:
    with (folder / "x.safetensors").open("wb") as file:
        file.truncate(100 * 2**30)
    return Path(file.name)


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "x.pt")
    return folder / "x.pt"


def device(folder: Path) -> Path:
    (folder / "x.safetensors").symlink_to("/dev/zero")
    return folder / "x.safetensors"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (hollow_pt, r"'a' has shape \(1000000000000,\), but the file holds fewer values"),
        (packed_pt, r"is an archive of \d+ bytes that unpacks to 4\d+; checkpoints are not compressed"),
        (sparse_pt, "'a' is not a plain tensor"),
        (huge, "has 107374182400 bytes; a checkpoint for x.cfg with .* parameters has at most"),
        (pipe, "is a pipe; expected a weights file"),
        (device, "is a device; expected a weights file"),
    ],
)
def test_files_that_would_take_the_machine(make: Callable[[Path], Path], message: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=message):
        read_parameters(make(tmp_path), read_as_theirs(TEXT))


@pytest.mark.parametrize("save", [save_pt, save_safetensors])
def test_damaged_checkpoints_are_told(save: Save, tmp_path: Path) -> None:
    graph = read_as_theirs(TEXT)
    path = tmp_path / ("x.pt" if save is save_pt else "x.safetensors")
    save(their_tensors(graph, weights_of(graph)), path)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(150):
        damaged = np.frombuffer(whole, np.uint8).copy()
        places = rng.integers(0, min(len(damaged), 3000), 3)
        damaged[places] = rng.integers(0, 256, 3)
        path.write_bytes(damaged[: rng.integers(1, len(damaged) + 1) if rng.random() < 0.2 else None].tobytes())
        with contextlib.suppress(WeightsError):
            read_parameters(path, graph)


def test_numbers_that_are_none_are_told(tmp_path: Path) -> None:
    graph = read_as_theirs(TEXT)
    tensors = their_tensors(graph, weights_of(graph))
    name = next(name for name in tensors if name.endswith("Conv2d.weight"))
    tensors[name] = np.full_like(tensors[name], np.inf)
    save_pt(tensors, tmp_path / "x.pt")
    (notice,) = read_parameters(tmp_path / "x.pt", graph).notices
    assert "weights are not finite numbers" in str(notice)
    with pytest.raises(WeightsError, match="weights are not finite numbers"):
        read_parameters(tmp_path / "x.pt", graph, strict=True)
