"""[implicit]: learned numbers for every picture."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import OptionError
from darkcsp.layers.implicit import Implicit
from tests.modules import network_of
from tests.networks import graph_of
from tests.single import PICTURE, close, conv, only, read_as_theirs, run, section, their_conv


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


def test_the_sections_of_yolor_are_in_no_file_and_start_about_0_or_1() -> None:
    text = PICTURE + their_conv(2) + section("implicit_add", filters=4) + section("implicit_mul", filters=4)
    _, addends, factors = read_as_theirs(text).layers
    assert isinstance(addends, Implicit) and isinstance(factors, Implicit)
    assert (addends.output, addends.stored, addends.mean, factors.mean) == ((4, 1, 1), (), 0, 1)
    assert (addends.initial_values, factors.initial_values) == ({"weights": 0}, {"weights": 1})
    assert addends.checkpoint_shape(addends.blobs[0]) == (1, 4, 1, 1)


def test_tables_of_yolor_are_atoms_by_filters() -> None:
    spec = read_as_theirs(PICTURE + their_conv(2) + section("implicit_mul_2d", filters=4, atoms=3)).layers[1]
    assert isinstance(spec, Implicit)
    assert (spec.output, spec.mean, spec.checkpoint_shape(spec.blobs[0])) == ((3, 4, 1), 1, (1, 3, 4, 1))


def test_filters_and_atoms_have_no_defaults_in_yolor() -> None:
    for name, missing in (("implicit_add", "filters"), ("implicit_cat_2d", "atoms")):
        with pytest.raises(OptionError, match=f"{missing}: is missing; there is no default"):
            read_as_theirs(PICTURE + their_conv(2) + section(name))
