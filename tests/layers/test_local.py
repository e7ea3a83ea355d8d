"""[local]: a kernel for each position."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import OptionError
from darkcsp.layers.local import Local
from tests.modules import network_of
from tests.networks import graph_of
from tests.single import PICTURE, close, only, run, section


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"size": 3, "pad": 1}, (4, 6, 7)),
        ({"size": 3, "pad": 1, "stride": 2}, (4, 3, 4)),
        ({"size": 3, "stride": 2}, (4, 2, 3)),
        ({"size": 5, "pad": 2, "stride": 3}, (4, 2, 3)),
        ({"size": 1}, (4, 6, 7)),
        ({"size": 2, "stride": 4}, (4, 2, 2)),
    ],
)
def test_shape_and_values(options: dict[str, int], shape: tuple[int, int, int]) -> None:
    result = run(PICTURE + section("local", filters=4, activation="linear", **options))
    spec = result.graph.layers[0]
    assert isinstance(spec, Local)
    assert spec.output == shape
    blobs = result.blobs(0)
    padding, stride, size = spec.padding, spec.stride, spec.size
    x = np.pad(result.given.astype(np.float64), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    want = np.broadcast_to(blobs["biases"].astype(np.float64), (2, *shape)).copy()
    for i in range(shape[1]):
        for j in range(shape[2]):
            window = x[:, None, :, i * stride : i * stride + size, j * stride : j * stride + size]
            want[:, :, i, j] += (window * blobs["weights"][i * shape[2] + j]).sum((2, 3, 4))
    close(result.last, want)


def test_parameters() -> None:
    spec = only(PICTURE + section("local", filters=4, size=3, stride=2))
    assert [tuple(blob) for blob in spec.blobs] == [
        ("biases", (4, 2, 3), "plain"),
        ("weights", (6, 4, 3, 3, 3), "plain"),
    ]
    assert spec.flops == 0
    assert only(PICTURE + section("local", dontload=1)).stored == ()


def test_the_default_activation_is_logistic() -> None:
    result = run(PICTURE + "[local]\n")
    assert result.graph.layers[0].output == (1, 6, 7)
    assert np.all((result.last > 0) & (result.last < 1))


def test_without_a_file_it_starts_small() -> None:
    network = network_of(graph_of(PICTURE + section("local", filters=4, size=3)))
    weights = network.get_parameter("layers.L000_local.weight")
    assert 0 < weights.abs().max() <= (2 / 27) ** 0.5
    assert not network.get_parameter("layers.L000_local.bias").any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 5, "pad": 1}, "pad=1: Darknet needs a padding that keeps the input's size: size=3 for this pad"),
        ({"size": 1, "pad": 1}, "size=3 for this pad"),
        ({"stride": 0}, "stride=0: must be 1 or more"),
        ({"filters": 0}, "filters=0: must be 1 or more"),
    ],
)
def test_impossible_options(options: dict[str, int], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        graph_of(PICTURE + section("local", **options))
