"""[convolutional]: shapes, parameters, every option against the definition, and what Darknet cannot run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from darkcsp.errors import GraphError, OptionError
from darkcsp.layers.convolutional import Convolutional
from darkcsp.spec.program import SEMANTICS, Author, Semantics
from darkcsp.weightfile import Header, parse_weights, write_weights
from tests.networks import graph_of, weights_bytes, weights_of
from tests.single import (
    PICTURE,
    PJREDDIES,
    Numbers,
    close,
    conv,
    correlate,
    graph_as,
    normalized,
    notices,
    numbers,
    only,
    read_as_theirs,
    run,
    section,
    their_conv,
)

SIGNS = section("net", width=7, height=6, channels=4)


def spec_of(text: str, semantics: Semantics = "trained") -> Convolutional:
    spec = only(text, semantics)
    assert isinstance(spec, Convolutional)
    return spec


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"size": 3, "pad": 1}, (5, 6, 7)),
        ({"size": 3, "pad": 0}, (5, 4, 5)),
        ({"size": 3, "pad": 1, "stride": 2}, (5, 3, 4)),
        ({"size": 3, "pad": 1, "stride_x": 1, "stride_y": 3}, (5, 2, 7)),
        ({"size": 3, "pad": 1, "stride": 2, "stride_x": 1}, (5, 3, 7)),
        ({"size": 4, "pad": 1}, (5, 7, 8)),
        ({"size": 3, "pad": 0, "padding": 3}, (5, 10, 11)),
        ({"size": 3, "pad": 1, "padding": 3}, (5, 6, 7)),
        ({"size": 3, "pad": 1, "dilation": 3}, (5, 6, 7)),
        ({"size": 1, "pad": 1, "dilation": 3}, (5, 6, 7)),
        ({"size": 1, "pad": 0, "padding": 1, "stride": 2}, (5, 4, 5)),
    ],
)
@pytest.mark.parametrize("semantics", SEMANTICS)
def test_shape_and_values(options: dict[str, int], shape: tuple[int, int, int], semantics: Semantics) -> None:
    result = run(PICTURE + conv(5, **options), semantics=semantics)
    spec = result.graph.layers[0]
    assert isinstance(spec, Convolutional)
    assert spec.output == shape
    blobs = result.blobs(0)
    want = correlate(result.given, blobs["weights"], spec.stride, spec.padding * spec.dilation, spec.dilation)
    close(result.last, want + blobs["biases"][:, None, None])


def test_parameters_and_flops() -> None:
    spec = spec_of(PICTURE + conv(6, groups=3, batch_normalize=1))
    names = ["biases", "scales", "means", "variances", "weights"]
    assert [(blob.name, blob.shape) for blob in spec.blobs] == [(name, (6,)) for name in names[:4]] + [
        ("weights", (6, 1, 3, 3))
    ]
    assert spec.flops == 2 * 6 * 1 * 9 * 6 * 7
    assert [blob.name for blob in spec_of(PICTURE + conv(6)).blobs] == ["biases", "weights"]
    assert spec_of(PICTURE + conv(6, cbn=1)).batch_normalize


def test_defaults_are_darknets() -> None:
    spec = spec_of(PICTURE + "[conv]\n")
    assert (spec.filters, spec.size, spec.stride, spec.padding, spec.activation) == (1, 1, (1, 1), 0, "logistic")


def test_groups_batch_normalisation_and_activation() -> None:
    result = run(PICTURE + conv(6) + conv(8, groups=2, batch_normalize=1, stride=2, activation="relu"))
    blobs = result.blobs(1)
    want = normalized(correlate(result.outputs[0], blobs["weights"], (2, 2), 1, groups=2), blobs)
    close(result.last, np.maximum(want, 0))


@pytest.mark.parametrize("semantics", SEMANTICS)
def test_pjreddies_epsilon_stands_outside_the_root_on_a_cpu(semantics: Semantics) -> None:
    text = PICTURE + conv(4, batch_normalize=1) + PJREDDIES
    variances = np.array([0, 1e-6, 1e-3, 1], np.float32)
    arrays = {0: {"variances": variances, "means": np.zeros(4, np.float32)}}
    result = run(text, arrays=arrays, tolerance=1e-4, semantics=semantics)
    blobs = result.blobs(0)
    double = variances.astype(np.float64)
    deviations = np.sqrt(double) + 1e-6 if semantics == "cpu" else np.sqrt(double + 1e-5)
    factor = blobs["scales"] / deviations
    want = correlate(result.given, blobs["weights"], padding=1) * factor[:, None, None] + blobs["biases"][:, None, None]
    np.testing.assert_allclose(result.outputs[0], want, rtol=1e-4)


def signs_of(x: Numbers, outside: float, padding: int, zero: float = -1.0) -> Numbers:
    signs = np.where(x == 0, zero, np.where(x > 0, 1.0, -1.0))
    return np.pad(signs, [(0, 0), (0, 0), *[(padding, padding)] * 2], constant_values=outside)


def binary(weights: Numbers) -> Numbers:
    magnitude = np.abs(weights.astype(np.float64)).mean((1, 2, 3), keepdims=True)
    signed: Numbers = np.where(weights > 0, magnitude, -magnitude)
    return signed


def with_zeros(*shape: int) -> Numbers:
    return np.maximum(numbers(*shape), 0)


@pytest.mark.parametrize(("semantics", "outside", "zero"), [("cpu", -1, -1), ("trained", 0, 1)])
def test_xnor_takes_signs(semantics: Semantics, outside: float, zero: float) -> None:
    result = run(SIGNS + conv(5, xnor=1, activation="leaky"), with_zeros(2, 4, 6, 7), semantics=semantics)
    blobs = result.blobs(0)
    signs = signs_of(result.given, outside, 1, zero)
    want = correlate(signs, binary(blobs["weights"])) + blobs["biases"][:, None, None]
    close(result.last, np.where(want > 0, want, 0.1 * want))
    assert result.graph.layers[0].flops == 2 * 5 * 4 * 9 * 6 * 7 / 32


def test_xnor_of_32_channels_is_the_same_in_bits() -> None:
    text = section("net", width=7, height=6, channels=32) + conv(5, xnor=1, activation="leaky")
    result = run(text, with_zeros(2, 32, 6, 7))
    blobs = result.blobs(0)
    want = correlate(signs_of(result.given, -1, 1), binary(blobs["weights"])) + blobs["biases"][:, None, None]
    close(result.last, np.where(want > 0, want, 0.1 * want))
    assert only(text) == only(text, "cpu")


@pytest.mark.parametrize("options", [{"stride": 2}, {"pad": 0}, {"size": 5}, {"size": 1, "pad": 0}, {"dilation": 2}])
def test_xnor_of_few_channels_had_any_size_in_training(options: dict[str, int]) -> None:
    result = run(SIGNS + conv(5, xnor=1, **options), with_zeros(2, 4, 6, 7))
    spec = result.graph.layers[0]
    assert isinstance(spec, Convolutional)
    blobs = result.blobs(0)
    padding = spec.padding * spec.dilation
    signs = signs_of(result.given, 0, padding, 1)
    want = correlate(signs, binary(blobs["weights"]), spec.stride, dilation=spec.dilation)
    close(result.last, want + blobs["biases"][:, None, None])


def test_xnor_of_few_channels_can_be_blurred_in_training() -> None:
    plain = run(SIGNS + conv(4, xnor=1))
    blurred = run(SIGNS + conv(4, xnor=1, antialiasing=2, stride=2) + conv(1, size=1, pad=0))
    mean = np.mean([plain.last[:, :, i : i + 5 : 2, j : j + 6 : 2] for i in (0, 1) for j in (0, 1)], 0)
    below = blurred.blobs(1)
    close(blurred.last, correlate(mean, below["weights"]) + below["biases"][:, None, None])


@pytest.mark.parametrize("below", ["", PJREDDIES])
@pytest.mark.parametrize("normalize", [0, 1])
def test_binary_takes_the_weights_signs(below: str, normalize: int) -> None:
    text = SIGNS + conv(6, binary=1, groups=2, stride=2, batch_normalize=normalize, activation="relu") + below
    result = run(text)
    blobs = result.blobs(0)
    want = correlate(result.given, binary(blobs["weights"]), (2, 2), 1, groups=2)
    want = normalized(want, blobs) if normalize else want + blobs["biases"][:, None, None]
    close(result.outputs[0], np.maximum(want, 0))
    on_cpu = run(text, semantics="cpu")
    assert on_cpu.graph.layers[0] == graph_of(text.replace("binary=1", "binary=0"), semantics="cpu").layers[0]


def test_xnor_folds_before_it_takes_signs() -> None:
    text = SIGNS + conv(5, xnor=1, batch_normalize=1)
    blobs = parse_weights(weights_bytes(graph_of(text)), graph_of(text))[0]
    weights = blobs["weights"].copy()
    weights[:, :, 1] = 0
    arrays: dict[int, dict[str, Numbers]] = {0: {"weights": weights, "scales": blobs["scales"] * [1, -1, 1, -1, 0]}}
    result = run(text, arrays=arrays, semantics="cpu")
    blobs = result.blobs(0)
    factor = (blobs["scales"] / np.sqrt(blobs["variances"] + 1e-5))[:, None, None, None]
    offset = blobs["biases"] - factor[:, 0, 0, 0] * blobs["means"]
    close(result.last, correlate(signs_of(result.given, -1, 1), binary(weights * factor)) + offset[:, None, None])


@pytest.mark.parametrize("options", [{"dilation": 2}, {"size": 5, "stride": 2}, {"size": 1, "pad": 0, "padding": 1}])
@pytest.mark.parametrize("semantics", SEMANTICS)
def test_xnor_on_multiples_of_32_channels_knows_no_dilation(options: dict[str, int], semantics: Semantics) -> None:
    net = section("net", width=7, height=6, channels=32)
    result = run(net + conv(3, xnor=1, **options), semantics=semantics)
    spec = result.graph.layers[0]
    assert isinstance(spec, Convolutional)
    assert spec.dilation == 1
    blobs = result.blobs(0)
    want = correlate(signs_of(result.given, -1, spec.padding), binary(blobs["weights"]), spec.stride)
    close(result.last, want + blobs["biases"][:, None, None])


def test_xnor_with_two_strides_is_an_ordinary_convolution_on_a_cpu() -> None:
    text = SIGNS + conv(4, xnor=1, groups=2, stride_x=1, stride_y=2)
    assert spec_of(text).binarization == spec_of(SIGNS + conv(4, xnor=1)).binarization
    result = run(text, semantics="cpu")
    spec = result.graph.layers[0]
    assert isinstance(spec, Convolutional)
    assert (spec.binarization, spec.groups) == (None, 1)
    blobs = result.blobs(0)
    close(result.last, correlate(result.given, blobs["weights"], (2, 1), 1) + blobs["biases"][:, None, None])


@pytest.mark.parametrize(("semantics", "zero"), [("cpu", -1), ("trained", 1)])
def test_pjreddies_xnor_keeps_groups_and_pads_with_zeros(semantics: Semantics, zero: float) -> None:
    text = SIGNS + conv(4, xnor=1, groups=2, stride=2, batch_normalize=1) + PJREDDIES
    result = run(text, with_zeros(2, 4, 6, 7), semantics=semantics)
    blobs = result.blobs(0)
    convolved = correlate(signs_of(result.given, 0, 1, zero), binary(blobs["weights"]), (2, 2), groups=2)
    close(result.outputs[0], normalized(convolved, blobs))
    assert result.graph.layers[0].flops == 2 * 4 * 2 * 9 * 3 * 4


@pytest.mark.parametrize(
    ("below", "activation"),
    [
        (conv(4), "linear"),
        (section("route", layers=-1), "leaky"),
        (conv(4) + section("route", layers="-1,0"), "leaky"),
        (conv(4) + section("shortcut", **{"from": -2}), "leaky"),
        (conv(4) + conv(4) + section("shortcut", **{"from": "-2,-3"}), "linear"),
        (conv(4) + section("sam", **{"from": 0}), "leaky"),
    ],
)
def test_bin_output_is_linear_unless_a_layer_refers_to_it(below: str, activation: str) -> None:
    graph = graph_of(SIGNS + conv(4, xnor=1, bin_output=1, activation="leaky") + below)
    first = graph.layers[0]
    assert isinstance(first, Convolutional)
    assert first.activation == activation
    assert spec_of(SIGNS + conv(4, bin_output=1, activation="leaky")).activation == "leaky"


def test_shared_layers_use_their_owners_parameters() -> None:
    text = PICTURE + conv(3, batch_normalize=1) + conv(3) + conv(3, share_index=-2, stride=2, activation="relu")
    result = run(text)
    assert result.graph.layers[2].stored == ()
    assert 2 not in result.weights
    blobs = result.blobs(0)
    want = normalized(correlate(result.outputs[1], blobs["weights"], (2, 2), 1), blobs)
    close(result.last, np.maximum(want, 0))


def test_what_is_not_loaded_is_not_in_the_file() -> None:
    graph = graph_of(PICTURE + conv(3, batch_normalize=1, dontloadscales=1) + conv(3, dontload=1) + conv(2))
    assert [blob.name for blob in graph.layers[0].stored] == ["biases", "weights"]
    assert graph.parameters == 3 + 81 + 2 + 54
    weights = weights_of(graph)
    assert list(weights) == [0, 2]
    assert {name: set(weights[0][name]) for name in ("scales", "means", "variances")} == {
        "scales": {1.0},
        "means": {0.0},
        "variances": {0.0},
    }


def test_flipped_weights_are_transposed_in_the_file(tmp_path: Path) -> None:
    plain, flipped = graph_of(PICTURE + conv(4)), graph_of(PICTURE + conv(4, flipped=1))
    weights = weights_of(plain)
    write_weights(tmp_path / "x.weights", weights, flipped)
    data = (tmp_path / "x.weights").read_bytes()
    stored = np.frombuffer(data, "<f4", offset=Header().size)
    np.testing.assert_array_equal(stored[4:].reshape(27, 4).T.reshape(4, 3, 3, 3), weights[0]["weights"])
    np.testing.assert_array_equal(parse_weights(data, flipped)[0]["weights"], weights[0]["weights"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (conv(4, groups=2), "groups=2: must divide the 3 input channels and the 4 filters"),
        (conv(4, groups=3), "groups=3: must divide the 3 input channels and the 4 filters"),
        (conv(4, size=4, dilation=2), "dilation=2: needs an odd size and pad=1 in Darknet, not size=4"),
        (conv(4, stride=0), "stride=0: must be 1 or more"),
        (conv(4, size=0), "size=0: must be 1 or more"),
        (conv(0), "filters=0: must be 1 or more"),
    ],
)
def test_impossible_options(text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        graph_of(PICTURE + text + section("sam", **{"from": -1}))  # [sam] is AlexeyAB's alone: no second reading


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": 2}, "xnor=1: with 4 channels, which is not a multiple of 32, .* constant"),
        ({"antialiasing": 1}, "antialiasing=1: with xnor=1, Darknet skips the blur"),
    ],
)
def test_impossible_binary_options(options: dict[str, int], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        graph_of(SIGNS + conv(4, xnor=1, **options) + section("sam", **{"from": -1}), semantics="cpu")


def test_packed_signs_are_refused_where_they_go_wrong_on_a_gpu_too() -> None:
    net = section("net", width=7, height=6, channels=40)
    with pytest.raises(OptionError, match="with 40 channels, which is not a multiple of 32"):
        graph_of(net + conv(4, xnor=1, stride=2) + section("sam", **{"from": -1}))


@pytest.mark.parametrize("author", ["AlexeyAB", "pjreddie"])
def test_a_pointwise_convolution_cannot_pad_on_a_cpu(author: Author) -> None:
    text = PICTURE + conv(4, size=1, pad=0, padding=1)
    with pytest.raises(GraphError, match="padding=1: Darknet reads beyond its input with size=1"):
        graph_as(author, text, "cpu")
    assert graph_as(author, text).layers[0].output == (4, 8, 9)


@pytest.mark.parametrize(
    ("options", "below"),
    [
        ({"stride_x": 1, "stride_y": 2}, ""),
        ({"stride": 2}, PJREDDIES),
        ({"padding": 1}, ""),
        ({"padding": 2}, PJREDDIES),
    ],
)
def test_a_pointwise_convolution_was_an_ordinary_one_in_training(options: dict[str, int], below: str) -> None:
    result = run(PICTURE + conv(4, size=1, **{"pad": 0, **options}) + below)
    spec = result.graph.layers[0]
    assert isinstance(spec, Convolutional)
    blobs = result.blobs(0)
    want = correlate(result.given, blobs["weights"], spec.stride, spec.padding)
    close(result.outputs[0], want + blobs["biases"][:, None, None])


@pytest.mark.parametrize(
    ("below", "message"),
    [
        (section("avgpool") + conv(4, share_index=-1), r"share_index: layer 1 is \[avgpool\], expected a"),
        (conv(5, share_index=0), r"weights are \(5, 4, 3, 3\) here and \(4, 3, 3, 3\) in layer 0"),
        (conv(4, share_index=1), "share_index=1: there is no such layer above layer 1"),
    ],
)
def test_impossible_sharing(below: str, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        graph_of(PICTURE + conv(4) + below + section("sam", **{"from": -1}))


def test_an_activation_that_is_known_but_not_applied_is_noticed() -> None:
    text = PICTURE + conv(4, activation="relu6")
    assert any("does not apply relu6 on a CPU: its output is all zeros" in message for message in notices(text, "cpu"))
    assert notices(text) == []


THEIRS = {"stride": 1, "batch_normalize": 1}


@pytest.mark.parametrize(
    ("name", "newer", "older"),
    [("leaky", "leaky", "leaky"), ("swish", "swish", "swish"), ("silu", "swish", "linear"), ("mish", "mish", "mish"),
     ("logistic", "logistic", "linear"), ("relu", "linear", "linear"), ("linear", "linear", "linear")],
)  # fmt: skip
def test_activations_of_wongkinyius_readers(name: str, newer: str, older: str) -> None:
    text = PICTURE + their_conv(4, activation=name)
    for dialect, wanted in (("wongkinyiu", newer), ("wongkinyiu-u3", older)):
        graph = graph_of(text, dialect=dialect)  # type: ignore[arg-type]
        (spec,) = graph.layers
        assert isinstance(spec, Convolutional)
        assert spec.activation == wanted
        assert bool(graph.notices) == (wanted == "linear" != name)


def test_batch_normalisation_of_wongkinyius_readers_adds_more() -> None:
    (spec,) = read_as_theirs(PICTURE + their_conv(4, **THEIRS)).layers
    assert isinstance(spec, Convolutional)
    assert spec.normalization == (1e-4, False)


@pytest.mark.parametrize(("size", "pad", "padding"), [(3, 1, 1), (2, 1, 1), (1, 1, 0), (5, 0, 0)])
def test_padding_of_wongkinyius_readers(size: int, pad: int, padding: int) -> None:
    (spec,) = read_as_theirs(PICTURE + their_conv(4, size=size, pad=pad)).layers
    assert isinstance(spec, Convolutional)
    assert spec.padding == padding


def test_strides_of_wongkinyius_readers() -> None:
    text = PICTURE + section("convolutional", filters=4, size=3, pad=1, activation="linear", stride_x=2, stride_y=1)
    assert read_as_theirs(text).layers[0].output == (4, 6, 4)


@pytest.mark.parametrize("missing", ["filters", "size", "pad", "activation", "stride"])
def test_wongkinyius_readers_have_no_defaults(missing: str) -> None:
    options = {"filters": 4, "size": 3, "pad": 1, "activation": "linear", "stride": 1}
    del options[missing]
    with pytest.raises(OptionError, match=f"x.cfg:6: .convolutional. {missing}: is missing"):
        read_as_theirs(PICTURE + section("convolutional", **options))


def test_what_no_published_cfg_has_is_refused_by_name() -> None:
    with pytest.raises(OptionError, match="size=3,5: a list of sizes is not supported"):
        read_as_theirs(PICTURE + their_conv(4, size="3,5"))
    with pytest.raises(GraphError, match=r"\[deformableconvolutional\] is not supported"):
        read_as_theirs(PICTURE + their_conv(4) + "[deformableconvolutional]\n")


def test_a_last_convolution_is_in_no_file_of_wongkinyius() -> None:
    first, last = read_as_theirs(PICTURE + their_conv(4) + their_conv(5)).layers
    assert first.stored and last.blobs and not last.stored
