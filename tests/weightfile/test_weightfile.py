from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkcsp.cfg import parse_cfg
from darkcsp.errors import WeightsError, WeightsHeaderError, WeightsSizeError
from darkcsp.graph import Graph, build_graph
from darkcsp.spec.batch_normalization import BatchNormalization
from darkcsp.weightfile import Header, Weights, parse_weights, read_weights, write_weights
from darkcsp.weightfile.folding import batchnorm_factors, folded_biases, folded_weights
from darkcsp.weightfile.header import parse_header
from darkcsp.weightfile.weights import rows_of

NET = "[net]\nwidth=8\nheight=8\nchannels=2\n"
CONV = "[convolutional]\nfilters=3\nsize=3\npad=1\nactivation=leaky\nbatch_normalize=1\n"
PLAIN = "[convolutional]\nfilters=4\nsize=1\nactivation=linear\n"


def graph_of(text: str = NET + CONV + "[maxpool]\nsize=2\nstride=2\n" + PLAIN) -> Graph:
    return build_graph(parse_cfg(text, "x.cfg"))


def file_of(graph: Graph, header: Header | None = None) -> bytes:
    values = np.arange(1, graph.parameters + 1, dtype="<f4")
    return (header or Header()).to_bytes() + values.tobytes()


headers = st.builds(
    Header, st.integers(0, 1), st.integers(0, 9), st.integers(0, 99), st.integers(0, 2**32 - 1)
) | st.builds(Header, st.just(0), st.just(2), st.just(5), st.integers(0, 2**64 - 1))


@given(headers)
def test_headers_round_trip(header: Header) -> None:
    data = header.to_bytes()
    assert len(data) == header.size == (20 if header.major * 10 + header.minor >= 2 else 16)
    assert parse_header(data, "x") == header


@pytest.mark.parametrize("header", [Header(0, 1, 0, 7), Header(0, 2, 5, 2**40), Header(1, 0, 0, 3)])
def test_blobs_lie_in_darknets_order(header: Header) -> None:
    graph = graph_of()
    weights = parse_weights(file_of(graph, header), graph)
    assert weights.header == header
    assert weights.layers_loaded == (0, 2)
    first, last = weights[0], weights[2]
    assert list(first) == ["biases", "scales", "means", "variances", "weights"]
    assert first["biases"].tolist() == [1, 2, 3]
    assert first["variances"].tolist() == [10, 11, 12]
    assert first["weights"].shape == (3, 2, 3, 3)
    assert first["weights"].ravel()[0] == 13
    assert list(last) == ["biases", "weights"]
    assert last["weights"].ravel()[-1] == graph.parameters


@pytest.mark.parametrize("header", [Header(0, 1, 0, 7), Header()])
def test_writing_gives_the_identical_file(header: Header, tmp_path: Path) -> None:
    graph = graph_of(NET + CONV + "flipped=1\n" + PLAIN)
    (tmp_path / "a").write_bytes(file_of(graph, header))
    write_weights(tmp_path / "b", read_weights(tmp_path / "a", graph), graph)
    assert (tmp_path / "b").read_bytes() == (tmp_path / "a").read_bytes()


def test_flipped_weights_are_turned() -> None:
    graph = graph_of(NET + CONV + "flipped=1\n")
    weights = parse_weights(file_of(graph), graph)[0]["weights"]
    assert weights[:, 0, 0, 0].tolist() == [13, 14, 15]


def test_arrays_of_a_file_are_read_only_and_those_of_bytes_are_views(tmp_path: Path) -> None:
    graph = graph_of()
    (tmp_path / "a").write_bytes(file_of(graph))
    assert not read_weights(tmp_path / "a", graph)[0]["weights"].flags.writeable
    weights = parse_weights(file_of(graph), graph)
    assert weights[0]["weights"] is weights[0]["weights"]
    assert not weights[0]["weights"].flags.owndata
    assert not weights[0]["weights"].flags.writeable


def test_rows_are_those_of_the_whole_array(tmp_path: Path) -> None:
    graph = graph_of(NET + CONV + CONV + "flipped=1\n")
    (tmp_path / "a").write_bytes(file_of(graph))
    weights = read_weights(tmp_path / "a", graph)
    for layer in (0, 1):
        for rows in (slice(0, 2), slice(1, 3), slice(2, 9), slice(3, 3)):
            np.testing.assert_array_equal(rows_of(weights[layer], "weights", rows), weights[layer]["weights"][rows])
    assert rows_of({"biases": np.arange(3, dtype=np.float32)}, "biases", slice(1, 2)).tolist() == [1]


def test_a_partial_file_covers_whole_layers(tmp_path: Path) -> None:
    graph = graph_of()
    first = 20 + 4 * (4 * 3 + 3 * 2 * 9)
    weights = parse_weights(file_of(graph)[:first], graph)
    assert weights.is_partial
    assert (weights.layers_loaded, weights.layers_total) == ((0,), 2)
    write_weights(tmp_path / "partial", weights, graph)
    assert (tmp_path / "partial").read_bytes() == file_of(graph)[:first]


@pytest.mark.parametrize("cut", [1, 4, 16, 19])
def test_a_short_file_names_the_layer_and_the_bytes(cut: int) -> None:
    graph = graph_of()
    with pytest.raises(WeightsSizeError) as error:
        parse_weights(file_of(graph)[:-cut], graph, "x.weights")
    need = 4 * 16
    assert "x.weights: ends within layer 2 [convolutional]" in str(error.value)
    assert f"needs {need} bytes; {need - cut} are left" in str(error.value)
    assert f"The cfg needs {20 + 4 * graph.parameters} bytes" in str(error.value)


@pytest.mark.parametrize("extra", [1, 4, 400])
def test_a_long_file_says_how_much_is_left(extra: int) -> None:
    graph = graph_of()
    with pytest.raises(WeightsSizeError, match=f"has {extra} bytes after layer 2"):
        parse_weights(file_of(graph) + bytes(extra), graph)


def test_what_is_no_weights_file_is_refused(tmp_path: Path) -> None:
    graph = graph_of()
    with pytest.raises(WeightsHeaderError, match="is the file truncated"):
        parse_weights(b"abc", graph)
    with pytest.raises(WeightsHeaderError, match="which is not a version"):
        parse_weights(b"[net]\nwidth=416\nheight=416\n", graph)
    with pytest.raises(WeightsError, match="cannot be read"):
        read_weights(tmp_path / "none", graph)
    (tmp_path / "empty").touch()
    with pytest.raises(WeightsError, match="is empty"):
        read_weights(tmp_path / "empty", graph)


def test_dontload_keeps_parameters_out_of_the_file() -> None:
    graph = graph_of(NET + CONV + "dontloadscales=1\n" + PLAIN + "dontload=1\n" + PLAIN)
    assert [tuple(blob.name for blob in spec.stored) for spec in graph.layers] == [
        ("biases", "weights"),
        (),
        ("biases", "weights"),
    ]
    weights = parse_weights(file_of(graph), graph)
    assert weights[0]["scales"].tolist() == [1, 1, 1]
    assert weights[0]["variances"].tolist() == [0, 0, 0]


def test_writing_refuses_missing_and_misshapen_arrays_and_leaves_nothing(tmp_path: Path) -> None:
    graph = graph_of()
    whole = parse_weights(file_of(graph), graph)
    broken = [
        (Weights({2: whole[2]}), "layer 0 .* has no arrays, but layer 2"),
        (Weights({0: {"biases": whole[0]["biases"]}, 2: whole[2]}), "scales is missing"),
        (Weights({0: {**whole[0], "biases": np.zeros(4, np.float32)}, 2: whole[2]}), r"shape \(4,\), expected \(3,\)"),
    ]
    for weights, message in broken:
        with pytest.raises(WeightsError, match=message):
            write_weights(tmp_path / "x", weights, graph)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(WeightsError, match="cannot be written"):
        write_weights(tmp_path / "nowhere" / "x", whole, graph)


@pytest.mark.parametrize("rule", [BatchNormalization(1e-5), BatchNormalization(1e-6, outside=True)])
def test_folding_equals_normalising(rule: BatchNormalization) -> None:
    rng = np.random.default_rng(0)
    blobs = {name: rng.random(3, np.float32) + np.float32(0.1) for name in ("biases", "scales", "means", "variances")}
    blobs["weights"] = rng.standard_normal((3, 2, 1, 1), np.float32)
    x = rng.standard_normal((2,))
    deviations = np.sqrt(blobs["variances"].astype(float) + 1e-5)
    if rule.outside:
        deviations = np.sqrt(blobs["variances"].astype(float)) + 1e-6
    plain = blobs["weights"][:, :, 0, 0] @ x
    wanted = (plain - blobs["means"]) / deviations * blobs["scales"] + blobs["biases"]
    got = folded_weights(blobs, rule)[:, :, 0, 0] @ x + folded_biases(blobs, rule)
    np.testing.assert_allclose(got, wanted, rtol=1e-5)
    assert batchnorm_factors(blobs, rule)[0].dtype == np.float32
