"""[local_avgpool]: the mean of what lies in the picture."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import OptionError
from darkcsp.layers.local_avgpool import LocalAvgpool
from tests.networks import graph_of
from tests.single import PICTURE, close, only, run, section


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"size": 2, "stride": 2}, (3, 3, 4)),
        ({"size": 3, "stride": 1}, (3, 6, 7)),
        ({"size": 3, "stride": 2, "padding": 0}, (3, 2, 3)),
        ({"size": 2, "stride_x": 3, "stride_y": 1}, (3, 6, 3)),
        ({"size": 4, "stride": 2, "padding": 5}, (3, 4, 5)),
    ],
)
def test_shape_and_values(options: dict[str, int], shape: tuple[int, int, int]) -> None:
    result = run(PICTURE + section("local_avgpool", **options))
    spec = result.graph.layers[0]
    assert isinstance(spec, LocalAvgpool)
    assert spec.output == shape
    assert spec.flops == spec.size**2 * 3 * shape[1] * shape[2]
    want = np.empty((2, *shape))
    for i in range(shape[1]):
        for j in range(shape[2]):
            row, column = (at * step - spec.padding // 2 for at, step in zip((i, j), spec.stride, strict=True))
            window = result.given[:, :, max(row, 0) : row + spec.size, max(column, 0) : column + spec.size]
            want[:, :, i, j] = window.mean((2, 3), dtype=np.float64)
    close(result.last, want)


def test_its_other_name() -> None:
    spec = only(PICTURE + section("local_avg", stride=2))
    assert isinstance(spec, LocalAvgpool)
    assert (spec.size, spec.output) == (2, (3, 3, 4))


def test_windows_outside_the_picture_are_refused() -> None:
    with pytest.raises(OptionError, match=r"padding=6: some windows of size=2 are completely outside the input"):
        graph_of(PICTURE + section("local_avgpool", size=2, stride=1, padding=6))


def test_wongkinyius_reader_counts_zeros_outside() -> None:
    given = np.ones((1, 3, 6, 7), np.float32)
    for size, corner in ((3, 4 / 9), (5, 9 / 25)):
        result = run(PICTURE + section("local_avgpool", size=size, stride=1), given, dialect="wongkinyiu")
        assert result.last.shape == given.shape
        assert result.last[0, 0, 0, 0] == pytest.approx(corner)
        assert result.last[0, 0, 2, 3] == pytest.approx(1)
