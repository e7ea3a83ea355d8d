"""[deconvolutional]: pjreddie's transposed convolution against its definition."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import CfgError
from darkcsp.layers.deconvolutional import Deconvolutional
from tests.single import PICTURE, Numbers, close, graph_as, only, run, section


def spread(x: Numbers, weights: Numbers, stride: int, padding: int) -> Numbers:
    """Each pixel adds its kernel to the output, in double; weights are (c, filters, k, k)."""
    n, c, h, w = x.shape
    size = weights.shape[2]
    y = np.zeros((n, weights.shape[1], (h - 1) * stride + size, (w - 1) * stride + size))
    for k in range(c):
        for i in range(h):
            for j in range(w):
                y[:, :, i * stride : i * stride + size, j * stride : j * stride + size] += (
                    x[:, k, i, j].astype(np.float64)[:, None, None, None] * weights[k]
                )
    return y[:, :, padding : y.shape[2] - padding, padding : y.shape[3] - padding]


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"size": 4, "stride": 2, "padding": 1}, (4, 12, 14)),
        ({"size": 3, "stride": 2, "pad": 1}, (4, 11, 13)),
        ({"size": 2, "stride": 3}, (4, 17, 20)),
        ({"size": 3}, (4, 8, 9)),
    ],
)
def test_shape_and_values(options: dict[str, int], shape: tuple[int, int, int]) -> None:
    result = run(PICTURE + section("deconvolutional", filters=4, activation="linear", **options))
    spec = result.graph.layers[0]
    assert isinstance(spec, Deconvolutional)
    assert result.graph.program.author == "pjreddie"
    assert spec.output == shape
    blobs = result.blobs(0)
    close(
        result.last, spread(result.given, blobs["weights"], spec.stride, spec.padding) + blobs["biases"][:, None, None]
    )


def test_batch_normalisation_and_activation() -> None:
    result = run(PICTURE + section("deconv", filters=4, size=3, stride=2, batch_normalize=1, activation="relu"))
    blobs = result.blobs(0)
    factor = blobs["scales"] / (np.sqrt(blobs["variances"].astype(np.float64)) + 1e-6)
    offset = blobs["biases"] - factor * blobs["means"]
    want = spread(result.given, blobs["weights"], 2, 0) * factor[:, None, None] + offset[:, None, None]
    close(result.last, np.maximum(want, 0))


def test_parameters() -> None:
    spec = only(PICTURE + section("deconv", filters=4, size=3, batch_normalize=1))
    assert [blob.name for blob in spec.blobs] == ["biases", "scales", "means", "variances", "weights"]
    assert spec.blobs[-1].shape == (3, 4, 3, 3)
    assert spec.flops == 0
    assert [blob.name for blob in only(PICTURE + section("deconv", batch_normalize=1, dontloadscales=1)).stored] == [
        "biases",
        "weights",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 1, "padding": 4}, r"\[deconvolutional\] layer 0 turns 3x6x7 into 1x-2x-1, which is empty"),
        ({"stride": 0}, "stride=0: must be 1 or more"),
        ({"filters": 0}, "filters=0: must be 1 or more"),
    ],
)
def test_impossible_options(options: dict[str, int], message: str) -> None:
    with pytest.raises(CfgError, match=message):
        graph_as("pjreddie", PICTURE + section("deconvolutional", **options))


def test_alexeyabs_program_does_not_know_it() -> None:
    with pytest.raises(CfgError, match=r"\[deconvolutional\] is not a layer that Darknet knows"):
        graph_as("AlexeyAB", PICTURE + section("deconvolutional"))
