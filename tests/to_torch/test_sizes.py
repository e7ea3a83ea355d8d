"""A Network runs at every size at which its layers fit together, and says so of others before torch does."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from darkcsp.errors import ArgumentError
from darkcsp.graph import build_graph
from darkcsp.graph.resizing import resized
from darkcsp.to_torch import Network
from tests.networks import DETECTOR, graph_of, weights_of
from tests.reference import Cases, paths_of
from tests.single import PICTURE, conv, section

CFGS = Path(__file__).parents[2] / "cfgs"
RECURRENT = PICTURE + section("crnn", pad=1, output=4, hidden=2)

every_case = pytest.mark.parametrize(
    ("cases", "path"), paths_of("op"), ids=lambda item: item.stem if isinstance(item, Path) else item.family
)


@every_case
@pytest.mark.parametrize("factors", [(2, 3), (1, 2)])
def test_every_layer_is_at_another_size_what_it_is_when_built_for_it(
    cases: Cases, path: Path, factors: tuple[int, int]
) -> None:
    graph = cases.load(path).graph()
    weights = weights_of(graph)
    c, h, w = graph.input
    size = (factors[0] * w, factors[1] * h)
    batch = torch.rand(2, c, size[1], size[0])
    network = Network(graph, weights).eval()
    try:
        other = Network(resized(graph, size), weights).eval()
    except ArgumentError:
        with pytest.raises(ArgumentError, match=rf"takes pictures of {w}x{h} .* at {size[0]}x{size[1]}"):
            network(batch)
        return
    with torch.inference_mode():
        found, wanted = network.layer_outputs(batch), other.layer_outputs(batch)
    for spec in other.graph.layers:
        assert tuple(found[spec.index].shape[1:]) == tuple(spec.output)
        torch.testing.assert_close(found[spec.index], wanted[spec.index], rtol=0, atol=0, equal_nan=True)


def test_height_and_width_keep_their_places() -> None:
    network = Network(build_graph(CFGS / "yolov3-tiny.cfg")).eval()
    with torch.inference_mode():
        heads = network(torch.rand(1, 3, 320, 608))
    assert [tuple(head.shape[2:]) for head in heads] == [(10, 19), (20, 38)]


def test_training_goes_on_at_several_sizes() -> None:
    network = Network(graph_of(DETECTOR)).train()
    for side in (32, 64, 48, 32):
        first, second = network(torch.rand(2, 3, side, side))
        (first.square().mean() + second.square().mean()).backward()
        assert first.shape[2] == side // 4


@pytest.mark.parametrize(
    ("text", "size", "reason"),
    [
        (PICTURE + section("avgpool") + section("connected", output=2), None, None),
        (PICTURE + section("connected", output=2), (9, 8), r"\[connected\] layer 0 is made for one size only"),
        (PICTURE + section("local", filters=2, size=3, stride=1, pad=1), (9, 8), r"\[local\] layer 0 is made for"),
        (
            PICTURE.replace("7", "8").replace("3", "4") + section("reorg", stride=2),
            (9, 8),
            r"\[reorg\] stride=2: must divide height",
        ),
        (DETECTOR, (30, 42), r"\[route\] .*height and width"),
        (PICTURE + section("crop", crop_width=4, crop_height=4), (3, 3), r"must be at most 3"),
    ],
)
def test_other_sizes_are_refused_with_both(text: str, size: tuple[int, int] | None, reason: str | None) -> None:
    network = Network(graph_of(text)).eval()
    c, h, w = network.graph.input
    if size is None:
        assert network(torch.rand(1, c, 2 * h, 2 * w))[0].shape == (1, 2, 1, 1)
        return
    across, down = size
    with pytest.raises(ArgumentError, match=rf"takes pictures of {w}x{h} .* at {across}x{down}: .*{reason}"):
        network(torch.rand(1, c, down, across))
    network(torch.rand(1, c, h, w))


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (torch.rand(3, 32, 32), r"\(N, 3, 32, 32\), not \(3, 32, 32\)"),
        (torch.rand(1, 1, 32, 32), r"\(N, 3, 32, 32\), not \(1, 1, 32, 32\)"),
        (torch.rand(1, 32, 32, 3), r"\(N, 3, 32, 32\), not \(1, 32, 32, 3\)"),
        (torch.zeros(1, 3, 32, 32, dtype=torch.uint8), r"torch\.float32.* not torch\.uint8; .*batch\.float\(\) / 255"),
        (torch.rand(1, 3, 32, 32).double(), r"torch\.float32.* not torch\.float64; use batch\.to\(dtype\)"),
    ],
)
def test_what_is_no_batch_is_told(batch: torch.Tensor, message: str) -> None:
    with pytest.raises(ArgumentError, match=rf"x\.cfg: takes batches of .*{message}"):
        Network(graph_of(DETECTOR))(batch)


def test_a_vector_of_another_length_is_told() -> None:
    network = Network(graph_of("[net]\ninputs=4\n\n" + section("connected", output=2)))
    assert network(torch.rand(3, 4))[0].shape == (3, 2, 1, 1)
    with pytest.raises(ArgumentError, match=r"\(N, 4, 1, 1\), not \(3, 5, 1, 1\)"):
        network(torch.rand(3, 5))


@pytest.mark.parametrize("shape", [(2, 3, 6, 7), (1, 3, 8, 8)])
def test_state_of_another_batch_or_size_is_told(shape: tuple[int, ...]) -> None:
    network = Network(graph_of(RECURRENT)).eval()
    network(torch.rand(1, 3, 6, 7))
    with pytest.raises(ArgumentError, match=r"state L000_crnn\.hidden .* \(1, 2, 6, 7\).* reset_state\(\)"):
        network(torch.rand(*shape))
    network.reset_state()
    assert network(torch.rand(*shape))[0].shape[2:] == shape[2:]


def test_convolutions_run_at_any_size() -> None:
    network = Network(graph_of(PICTURE + conv(2, stride=2) + section("maxpool", size=2, stride=2))).eval()
    assert network(torch.rand(1, 3, 9, 5))[0].shape == (1, 2, 3, 2)
