"""[implicit]: learned numbers for every picture."""

from __future__ import annotations

import numpy as np

from darkcsp.layers.implicit import Implicit
from tests.modules import network_of
from tests.networks import graph_of
from tests.single import PICTURE, close, conv, only, run, section


def test_every_picture_gets_the_same_numbers() -> None:
    result = run(PICTURE + conv(2) + section("implicit", filters=4, atoms=3))
    assert result.graph.layers[1].output == (4, 3, 1)
    for picture in result.last:
        np.testing.assert_array_equal(picture[:, :, 0], result.blobs(1)["weights"])


def test_it_reads_no_layer() -> None:
    graph = graph_of(PICTURE + conv(2) + section("implicit", filters=2) + section("scale_channels", **{"from": 0}))
    assert graph.layers[1].sources == (-1,)
    assert graph.consumers == ((2,), (2,), ())


def test_it_scales_channels() -> None:
    result = run(PICTURE + conv(2) + section("implicit", filters=2) + section("scale_channels", **{"from": 0}))
    close(result.last, result.outputs[0] * result.blobs(1)["weights"][:, :, None])


def test_parameters_and_defaults() -> None:
    spec = only(PICTURE + conv(2) + "[implicit]\n")
    assert isinstance(spec, Implicit)
    assert (spec.output, spec.mean, spec.deviation) == ((128, 1, 1), 0, 0.2)
    assert [tuple(blob) for blob in spec.blobs] == [("weights", (128, 1), "plain")]
    assert only(PICTURE + conv(2) + "[implicit]\ndontload=1\n").stored == ()


def test_without_a_file_the_numbers_lie_about_the_mean() -> None:
    network = network_of(graph_of(PICTURE + conv(2) + section("implicit", filters=500, mean=3, std=0.5)))
    numbers = network.get_parameter("layers.L001_implicit.weights").detach()
    assert 2.5 <= numbers.min() < 2.6
    assert 3.4 < numbers.max() <= 3.5
