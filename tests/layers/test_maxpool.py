"""[maxpool]: windows, the columns that AlexeyAB's AVX code treats together, and the maximum over depth."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import OptionError
from darkcsp.layers.maxpool import Maxpool
from darkcsp.to_onnx import build_onnx
from tests.networks import graph_of, weights_of
from tests.single import PICTURE, PJREDDIES, Numbers, conv, numbers, only, read_as_theirs, run, section

LOWEST = np.finfo(np.float32).min


def pooled(x: Numbers, size: int, stride: tuple[int, int], padding: int, block: int = 0) -> Numbers:
    """Maxima by the definition, tap by tap.

    With a block, that many columns at once, as long as Darknet's loop takes them: a tap left of the picture for the
    first of them is left out for all. With size 2 and stride 2 only each row's first tap is looked at.
    """
    n, c, h, w = x.shape
    before = padding // 2
    height, width = (h + padding - size) // stride[0] + 1, (w + padding - size) // stride[1] + 1
    y = np.full((n, c, height, width), LOWEST, np.float32)
    end = width - 8 - (size - 1) if block == 8 else width - 4
    for i in range(height):
        for j in range(width):
            first = j - j % block if block else j
            together = block and first < end
            for row in range(size):
                for column in range(size):
                    down, across = i * stride[0] - before + row, j * stride[1] - before + column
                    looked_at = (first if together else j) * stride[1] - before
                    looked_at += 0 if together and block == 4 else column
                    if 0 <= down < h and 0 <= looked_at < w and 0 <= across < w:
                        y[:, :, i, j] = np.maximum(y[:, :, i, j], x[:, :, down, across])
    return y


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"size": 2, "stride": 2}, (3, 3, 4)),
        ({"stride": 2}, (3, 3, 4)),
        ({"size": 3, "stride": 1}, (3, 6, 7)),
        ({"size": 3, "stride": 2, "padding": 0}, (3, 2, 3)),
        ({"size": 2, "stride": 1, "padding": 2}, (3, 7, 8)),
        ({"size": 3, "stride_x": 1, "stride_y": 2}, (3, 3, 7)),
        ({"size": 3, "stride": 2, "stride_y": 1}, (3, 6, 4)),
    ],
)
def test_shape_and_values(options: dict[str, int], shape: tuple[int, int, int]) -> None:
    result = run(PICTURE + section("maxpool", **options))
    spec = result.graph.layers[0]
    assert isinstance(spec, Maxpool)
    assert spec.output == shape
    assert spec.flops == spec.size**2 * 3 * shape[1] * shape[2]
    np.testing.assert_array_equal(result.last, pooled(result.given, spec.size, spec.stride, spec.padding))


@pytest.mark.parametrize("size", [2, 3, 5, 13])
def test_eight_columns_at_a_time_lose_the_taps_of_the_first(size: int) -> None:
    net = section("net", width=40, height=6, channels=2)
    given = numbers(2, 2, 6, 40)
    result = run(net + section("max", size=size, stride=1), given, semantics="cpu")
    want = pooled(given, size, (1, 1), size - 1, block=8)
    np.testing.assert_array_equal(result.last, want)
    without = pooled(given, size, (1, 1), size - 1)
    assert (size == 2) == np.array_equal(want, without)  # the only one with no column in front
    assert size == 2 or not np.array_equal(want[..., :8], without[..., :8])
    np.testing.assert_array_equal(want[..., 8:], without[..., 8:])


@pytest.mark.parametrize("padding", [0, 1, 2, 4])
def test_four_columns_at_a_time_with_size_and_stride_2(padding: int) -> None:
    net = section("net", width=26, height=6, channels=2)
    given = numbers(1, 2, 6, 26)
    result = run(net + section("maxpool", size=2, stride=2, padding=padding), given, semantics="cpu")
    np.testing.assert_array_equal(result.last, pooled(given, 2, (2, 2), padding, block=4))


@pytest.mark.parametrize("options", [{"size": 13}, {"size": 5, "padding": 6}, {"size": 2, "stride": 2, "padding": 4}])
def test_every_window_was_whole_in_training(options: dict[str, int]) -> None:
    net = section("net", width=40, height=6, channels=2)
    given = numbers(1, 2, 6, 40)
    text = net + section("maxpool", **options)
    result = run(text, given)
    stride = options.get("stride", 1)
    padding = options.get("padding", options["size"] - 1)
    np.testing.assert_array_equal(result.last, pooled(given, options["size"], (stride, stride), padding))
    model = build_onnx(result.graph, result.weights, head="raw")
    assert [node.op_type for node in model.graph.node if node.op_type not in ("Pad", "Identity")] == ["MaxPool"]
    assert only(text) != only(text, "cpu")


@pytest.mark.parametrize("options", [{"size": 2, "stride": 2}, {"size": 2}, {"size": 3, "stride": 2}, {"size": 9}])
def test_where_nothing_is_lost_the_specs_are_equal(options: dict[str, int]) -> None:
    net = section("net", width=16, height=16, channels=2)
    text = net + section("maxpool", **{"stride": 1, **options})
    assert only(text) == only(text, "cpu")


def test_a_spp_block_is_three_nodes() -> None:
    pools = "".join(section("maxpool", stride=1, size=size) + section("route", layers=f"{-1 - 2 * k}")
                    for k, size in enumerate((5, 9)))  # fmt: skip
    text = section("net", width=32, height=32, channels=4) + conv(4) + pools + section("maxpool", stride=1, size=13)
    graph = graph_of(text + section("route", layers="-1,-3,-5,-6"))
    model = build_onnx(graph, weights_of(graph), head="raw")
    kinds = [node.op_type for node in model.graph.node]
    assert kinds == ["Conv", "MaxPool", "MaxPool", "MaxPool", "Concat"]


def test_pjreddies_program_has_no_such_code() -> None:
    net = section("net", width=40, height=6, channels=2)
    given = numbers(1, 2, 6, 40)
    result = run(net + section("maxpool", size=5, stride=1) + PJREDDIES, given, semantics="cpu")
    np.testing.assert_array_equal(result.outputs[0], pooled(given, 5, (1, 1), 4))


@pytest.mark.parametrize(("channels", "out"), [(6, 3), (7, 3), (4, 4), (2, 5), (5, 1)])
def test_over_depth(channels: int, out: int) -> None:
    net = section("net", width=7, height=6, channels=channels)
    result = run(net + section("maxpool", maxpool_depth=1, out_channels=out, size=2))
    assert result.graph.layers[0].output == (out, 6, 7)
    assert result.graph.layers[0].flops == 4 * channels * 6 * 7
    want = np.full((2, out, 6, 7), LOWEST, np.float32)
    for channel in range(channels):
        want[:, channel % out] = np.maximum(want[:, channel % out], result.given[:, channel])
    np.testing.assert_array_equal(result.last, want)


def test_defaults() -> None:
    spec = only(PICTURE + "[maxpool]\n")
    assert isinstance(spec, Maxpool)
    assert (spec.size, spec.stride, spec.padding, spec.output) == (1, (1, 1), 0, (3, 6, 7))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": 0}, "stride=0: must be 1 or more"),
        ({"size": 2, "stride_x": 0}, "stride_x=0: must be 1 or more"),
        ({"size": 0}, "size=0: must be 1 or more"),
        ({"maxpool_depth": 1, "out_channels": 0}, "out_channels=0: must be 1 or more"),
        ({"maxpool_depth": 1, "antialiasing": 1}, "antialiasing=1: with maxpool_depth=1, Darknet skips the blur"),
    ],
)
def test_impossible_options(options: dict[str, int], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        graph_of(PICTURE + section("maxpool", **options) + section("sam", **{"from": -1}))


def test_windows_without_taps_are_the_lowest_number() -> None:
    result = run(section("net", width=5, height=6, channels=3) + section("maxpool", size=1, stride=1, padding=2))
    assert (result.last[:, :, 0] == LOWEST).all()
    np.testing.assert_array_equal(result.last[:, :, 1:-1, 1:-1], result.given)


def test_wongkinyius_readers_pad_both_sides_and_round_down() -> None:
    for size, stride, output in ((3, 2, (3, 3, 4)), (2, 2, (3, 3, 3)), (5, 1, (3, 6, 7)), (4, 2, (3, 3, 3))):
        spec = read_as_theirs(PICTURE + section("maxpool", size=size, stride=stride)).layers[0]
        assert (spec.output, (size, stride)) == (output, (size, stride))


def test_size_2_stride_1_of_wongkinyius_readers_counts_zeros() -> None:
    result = run(
        PICTURE + section("maxpool", size=2, stride=1), -np.ones((1, 3, 6, 7), np.float32), dialect="wongkinyiu"
    )
    want = np.full((1, 3, 6, 7), -1.0)
    want[:, :, -1], want[..., -1] = 0, 0
    np.testing.assert_array_equal(result.last, want)


def test_wongkinyius_readers_lose_no_taps() -> None:
    spec = read_as_theirs(PICTURE.replace("width=7", "width=40") + section("maxpool", size=13, stride=1)).layers[0]
    assert isinstance(spec, Maxpool)
    assert spec.strips == ((0, 40, 0),)
