"""[normalization]: Darknet's running sum, with the channel that it leaves out."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import OptionError
from darkcsp.layers.normalization import Normalization
from tests.networks import graph_of
from tests.single import Numbers, close, only, run, section

NET = section("net", width=5, height=4, channels=8)


def running(x: Numbers, size: int, alpha: float, beta: float, kappa: float) -> Numbers:
    """The sums as forward_normalization_layer makes them: one channel comes in, one goes out."""
    squares = x.astype(np.float64) ** 2
    channels = x.shape[1]
    norms = np.full_like(squares, kappa)
    norms[:, 0] += alpha * squares[:, : size // 2].sum(1)
    for k in range(1, channels):
        norms[:, k] = norms[:, k - 1]
        if k + size // 2 < channels:
            norms[:, k] += alpha * squares[:, k + size // 2]
        if k - (size - 1) // 2 - 1 >= 0:
            norms[:, k] -= alpha * squares[:, k - (size - 1) // 2 - 1]
    with np.errstate(invalid="ignore"):
        return x * norms**-beta


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 16])
def test_values(size: int) -> None:
    result = run(NET + section("normalization", size=size, alpha=0.02, beta=0.6, kappa=2))
    assert result.graph.layers[0].output == (8, 4, 5)
    close(result.last, running(result.given, size, 0.02, 0.6, 2))


def test_negative_sums_are_no_numbers() -> None:
    result = run(NET + section("lrn", size=3, alpha=5, beta=0.75, kappa=0.1))
    want = running(result.given, 3, 5, 0.75, 0.1)
    assert 0 < np.isnan(want).sum() < want.size
    np.testing.assert_array_equal(np.isnan(result.last), np.isnan(want))


def test_taps_of_five_channels() -> None:
    spec = only(NET + "[normalization]\n")
    assert isinstance(spec, Normalization)
    assert spec.taps[0] == (1, 1, 0, 0, 0, 0, 0, 0)
    assert spec.taps[3] == (0, 1, 0, 1, 1, 1, 0, 0)
    assert spec.taps[6] == (0, 0, -1, 0, 1, 1, 1, 1)


def test_defaults() -> None:
    spec = only(NET + "[lrn]\n")
    assert isinstance(spec, Normalization)
    assert (spec.size, spec.alpha, spec.beta, spec.kappa) == (5, 0.0001, 0.75, 1)
    run(NET + "[lrn]\n")


def test_windows_beyond_all_channels_are_refused() -> None:
    with pytest.raises(OptionError, match=r"size=18: size/2 must be at most 8, the channels"):
        graph_of(NET + section("normalization", size=18))
