"""[shortcut]: sums over sources of any depth, factors, and pjreddie's sampling."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import CfgError
from darkcsp.layers.shortcut import Shortcut
from tests.modules import network_of
from tests.networks import graph_of
from tests.single import (
    PICTURE,
    PJREDDIES,
    Numbers,
    close,
    conv,
    graph_as,
    notices,
    only,
    read_as_theirs,
    run,
    section,
    their_conv,
)

FOUR = PICTURE + conv(6) + conv(4) + conv(8) + conv(6)
EYE = {0: {"weights": np.eye(6, dtype=np.float32)[:, :, None, None], "biases": np.zeros(6, np.float32)}}


def shortcut(references: object, **options: object) -> str:
    return section("shortcut", **{"from": references, **options})


def fitted(x: Numbers, channels: int) -> Numbers:
    y = np.zeros((x.shape[0], channels, *x.shape[2:]))
    y[:, : x.shape[1]] = x[:, :channels]
    return y


@pytest.mark.parametrize("references", ["-4", "0", "-2", "-3", "1,2,0"])
def test_sums(references: str) -> None:
    result = run(FOUR + shortcut(references))
    spec = result.graph.layers[4]
    assert spec.output == (6, 6, 7)
    assert spec.flops == 6 * 42 * (references.count(",") + 1)
    close(result.last, result.outputs[3] + sum(fitted(result.outputs[i], 6) for i in spec.sources[1:]))


@pytest.mark.parametrize("name", ["leaky", "swish", "mish"])
def test_activations(name: str) -> None:
    linear = run(FOUR + shortcut(0)).last
    alone = run(section("net", width=7, height=6, channels=6) + conv(6, size=1, pad=0, activation=name), linear, EYE)
    close(run(FOUR + shortcut(0, activation=name)).last, alone.last)


@pytest.mark.parametrize("kind", ["per_feature", "per_layer", "per_channel"])
@pytest.mark.parametrize("normalization", ["relu", "avg_relu", "softmax"])
def test_factors(kind: str, normalization: str) -> None:
    text = FOUR + shortcut("-2,0", weights_type=kind, weights_normalization=normalization)
    width = 6 if kind == "per_channel" else 1
    factors = np.array([[0.5], [-2], [1.5]], np.float32) * np.linspace(1, 2, width, dtype=np.float32)
    result = run(text, arrays={4: {"weights": factors}})
    spec = result.graph.layers[4]
    assert [tuple(blob) for blob in spec.blobs] == [("weights", (3, width), "plain")]
    assert spec.flops == 2 * 2 * 6 * 42
    positive = np.exp(factors - factors.max(0)) if normalization == "softmax" else np.maximum(factors, 0.001)
    shares = positive.astype(np.float64) / (positive.sum(0) + 1e-4)
    terms = [fitted(result.outputs[source], 6) for source in spec.sources]
    close(result.last, sum(term * share[:, None, None] for term, share in zip(terms, shares, strict=True)))


def test_in_training_relu_is_relu() -> None:
    torch = pytest.importorskip("torch")
    network = network_of(graph_of(FOUR + shortcut(0, weights_type="per_layer", weights_normalization="relu")))
    with torch.no_grad():
        network.get_parameter("layers.L004_shortcut.weights").copy_(torch.tensor([[1.0], [-1.0]]))
    ones = torch.ones(1, 3, 6, 7)
    for mode, shares in ((True, (1 / 1.0001, 0)), (False, (1 / 1.0011, 0.001 / 1.0011))):
        outputs = network.train(mode).layer_outputs(ones)
        want = shares[0] * outputs[3] + shares[1] * outputs[0]
        torch.testing.assert_close(outputs[4], want, rtol=1e-5, atol=1e-6)


def test_factors_without_normalisation_are_used_with_a_notice() -> None:
    text = FOUR + shortcut(0, weights_type="per_layer")
    assert any("Darknet rejects weights_type=per_layer without relu or softmax" in message for message in notices(text))
    result = run(text)
    first, second = result.blobs(4)["weights"]
    close(result.last, result.outputs[3] * first + result.outputs[0] * second)


def test_normalisation_without_factors_means_nothing() -> None:
    spec = only(FOUR + shortcut(0, weights_normalization="nonsense"))
    assert spec.blobs == ()
    assert notices(FOUR + shortcut(0, weights_normalization="nonsense")) == []


def test_factors_that_are_not_loaded_are_one() -> None:
    options = {"weights_type": "per_channel", "weights_normalization": "softmax", "dontload": 1}
    graph = graph_of(FOUR + shortcut(0, **options))
    assert graph.layers[4].stored == ()
    weights = network_of(graph).get_parameter("layers.L004_shortcut.weights")
    assert weights.shape == (2, 6)
    assert (weights == 1).all()


def sampled(out: Numbers, add: Numbers, alpha: float, beta: float) -> Numbers:
    """shortcut_cpu of pjreddie's program, value by value."""
    out = out.astype(np.float64).copy()
    (_, c2, h2, w2), (_, c1, h1, w1) = out.shape, add.shape
    stride, sample = max(w1 // w2, 1), max(w2 // w1, 1)
    for k in range(min(c1, c2)):
        for j in range(min(h1, h2)):
            for i in range(min(w1, w2)):
                here = out[:, k, j * sample, i * sample]
                out[:, k, j * sample, i * sample] = alpha * here + beta * add[:, k, j * stride, i * stride]
    return out


@pytest.mark.parametrize(
    "above",
    [
        conv(4) + conv(6, stride=2),
        conv(6, size=1, pad=0) + conv(4, stride=3),
        conv(4, stride=2) + section("upsample", stride=4),
        conv(4, pad=0) + conv(6, pad=0),
        conv(4) + conv(6),
    ],
)
def test_pjreddies_program_samples_and_spreads(above: str) -> None:
    net = section("net", width=8, height=8, channels=3)
    result = run(net + above + shortcut(0, alpha=0.5, beta=-2) + PJREDDIES)
    assert result.graph.program.author == "pjreddie"
    close(result.outputs[2], sampled(result.outputs[1], result.outputs[0], 0.5, -2))


def test_pjreddies_program_reads_one_source() -> None:
    graph = graph_of(FOUR + shortcut("0,1") + PJREDDIES)
    assert graph.layers[4].sources == (3, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (shortcut(4), "from=4: there is no such layer above layer 4"),
        (section("shortcut"), "from: is missing"),
        (shortcut(0, weights_type="per_pixel"), "weights_type=per_pixel: must be one of none, per_feature"),
        (
            shortcut(0, weights_type="per_layer", weights_normalization="max"),
            "weights_normalization=max: must be one of none, relu, avg_relu, softmax",
        ),
        (
            conv(6, stride=2) + shortcut(0),
            "from=-5: layer 4 is 6x3x4, layer 0 is 6x6x7; height and width must be equal",
        ),
    ],
)
def test_impossible_options(text: str, message: str) -> None:
    with pytest.raises(CfgError, match=message):
        graph_as("AlexeyAB", FOUR + text)


def test_pjreddies_program_wants_whole_ratios() -> None:
    text = section("net", width=8, height=6, channels=3) + conv(2) + conv(2, pad=0) + section("crop", crop_height=3)
    with pytest.raises(CfgError, match="or both must be integer multiples of the other's"):
        graph_as("pjreddie", text + shortcut(0))


NARROW = PICTURE + their_conv(2) + their_conv(5)


def test_wongkinyius_readers_apply_no_activation() -> None:
    text = PICTURE + their_conv(2) + their_conv(2) + section("shortcut", **{"from": "-2"}, activation="leaky")
    result = run(text, dialect="wongkinyiu")
    close(result.last, result.outputs[0] + result.outputs[1])
    assert "ignores it in [shortcut]" in result.graph.notices[0].message


def test_wongkinyius_readers_cut_a_wider_source() -> None:
    text = PICTURE + their_conv(5) + their_conv(2) + section("shortcut", **{"from": "-2"}, activation="linear")
    result = run(text, dialect="wongkinyiu")
    close(result.last, result.outputs[1] + result.outputs[0][:, :2])


def test_a_narrower_source_is_seen_by_whoever_refers_to_the_layer_above_later() -> None:
    text = NARROW + section("shortcut", **{"from": "-2"}) + section("route", layers="1,-1")
    result = run(text, dialect="wongkinyiu")
    added = result.outputs[1].copy()
    added[:, :2] += result.outputs[0]
    close(result.outputs[2], added)
    close(result.last, np.concatenate([added, added], 1))
    assert result.graph.layers[3].sources == (2, 2)


@pytest.mark.parametrize("between", ["[silence]\n", "[reorg3d]\n", "[route]\nlayers=-1\n", "[unknown]\n"])
def test_it_is_seen_through_layers_that_hand_their_input_on(between: str) -> None:
    text = NARROW + between + section("shortcut", **{"from": 0}) + section("route", layers="1,2,3")
    graph = read_as_theirs(text.replace("layers=1,2,3", "layers=-3,-2,-1"))
    assert graph.layers[-1].sources == (3, 3, 3)


def test_a_wider_or_equal_source_changes_nothing_above() -> None:
    for text in (PICTURE + their_conv(5) + their_conv(2), PICTURE + their_conv(5) + their_conv(5)):
        graph = read_as_theirs(text + section("shortcut", **{"from": "-2"}) + section("route", layers="1,-1"))
        assert graph.layers[3].sources == (1, 2)


def test_what_would_leave_a_part_of_the_sum_is_refused() -> None:
    text = PICTURE + their_conv(5) + their_conv(2) + their_conv(5) + section("shortcut", **{"from": "-2,-3"})
    with pytest.raises(CfgError, match="list sources with fewer channels last"):
        read_as_theirs(text)
    assert read_as_theirs(text.replace("-2,-3", "-3,-2")).layers[3].sources == (2, 0, 1)
    halves = NARROW + section("route_lhalf", layers="-1") + section("shortcut", **{"from": 0})
    assert not read_as_theirs(halves).layers[3].changes_input
    narrow = PICTURE + their_conv(1) + their_conv(6) + section("route_lhalf", layers="-1")
    with pytest.raises(CfgError, match="which would also change layer 1"):
        read_as_theirs(narrow + section("shortcut", **{"from": 0}))


def test_any_weights_type_is_a_factor_for_each_source_in_no_file() -> None:
    text = PICTURE + their_conv(2) + their_conv(3) + their_conv(4)
    text += section("shortcut", **{"from": "-2,-3"}, weights_type="none")
    result = run(text, dialect="wongkinyiu")
    spec = result.graph.layers[3]
    assert isinstance(spec, Shortcut)
    assert (spec.stored, spec.initial_values, spec.changes_input) == ((), {"weights": 0}, False)
    first, second, third = 2 / 3 / (1 + np.exp(-result.blobs(3)["weights"].astype(np.float64)[:, 0]))
    want = first * result.outputs[2]
    want[:, :3] += second * result.outputs[1]
    want[:, :2] += third * result.outputs[0]
    close(result.last, want)
