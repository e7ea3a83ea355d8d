"""Antialiasing: the filter, and who sees the blurred picture."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.spec.blur import Blur
from darkcsp.spec.shape import Shape
from tests.networks import graph_of
from tests.single import PICTURE, Numbers, close, conv, correlate, run, section


def blurred(x: Numbers, blur: Blur) -> Numbers:
    kernel = np.array(blur.kernel)[None, None]
    channels = [correlate(x[:, [c]], kernel, blur.stride, blur.padding) for c in range(x.shape[1])]
    return np.concatenate(channels, 1)


@pytest.mark.parametrize(("size", "taps"), [(2, 0.25), (3, 0.0625)])
def test_the_kernel_sums_to_one(size: int, taps: float) -> None:
    kernel = np.array(Blur(size, (2, 2)).kernel)
    assert kernel.shape == (size, size)
    assert kernel.sum() == 1
    assert kernel[0, 0] == taps


def test_shapes() -> None:
    assert Blur(3, (2, 2)).output(Shape(4, 6, 7)) == (4, 3, 4)
    assert Blur(2, (2, 2)).output(Shape(4, 6, 7)) == (4, 3, 3)
    assert Blur(3, (3, 1)).output(Shape(4, 6, 7)) == (4, 2, 7)


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_the_layer_below_sees_the_blurred_picture_and_references_the_buffer(kind: int) -> None:
    text = PICTURE + conv(2, stride=2, antialiasing=kind) + conv(1, size=1) + section("route", layers=0)
    result = run(text)
    spec = result.graph.layers[0]
    blur = Blur(2 if kind == 2 else 3, (2, 2))
    assert (spec.output, spec.output_to_next) == ((2, 6, 7), blur.output(Shape(2, 6, 7)))

    plain = run(PICTURE + conv(2), result.given, {0: result.blobs(0)}).last
    handed = blurred(plain, blur)
    blobs = result.blobs(1)
    close(result.outputs[1], correlate(handed.astype(np.float32), blobs["weights"]) + blobs["biases"][:, None, None])

    buffer = plain.reshape(2, -1).copy()
    buffer[:, : handed[0].size] = handed.reshape(2, -1)
    close(result.outputs[2], buffer.reshape(plain.shape))
    assert result.graph.layers[2].inputs == ((2, 6, 7),)


def test_a_layer_that_passes_on_passes_the_blurred_picture() -> None:
    graph = graph_of(PICTURE + conv(2, stride=2, antialiasing=1) + section("dropout") + section("empty") + conv(1))
    assert [tuple(spec.output) for spec in graph.layers] == [(2, 6, 7), (2, 3, 4), (2, 3, 4), (1, 3, 4)]


def test_maxpool_is_blurred_too() -> None:
    result = run(PICTURE + section("maxpool", size=2, stride=2, antialiasing=1) + conv(1, size=1))
    plain = run(PICTURE + section("maxpool", size=2, stride=1), result.given).last
    blobs = result.blobs(1)
    want = correlate(blurred(plain, Blur(3, (2, 2))).astype(np.float32), blobs["weights"])
    close(result.last, want + blobs["biases"][:, None, None])
