"""A network at another size is the same network, or the size is refused."""

from __future__ import annotations

import pytest

from darkcsp.errors import ArgumentError
from darkcsp.graph.resizing import resized
from tests.networks import DETECTOR, POOLING, graph_of
from tests.single import PICTURE, conv, section


def test_only_shapes_change() -> None:
    graph = graph_of(DETECTOR)
    wide = resized(graph, (96, 32))
    assert wide.input == (3, 32, 96)
    assert [tuple(head.input[1:]) for head in wide.heads] == [(8, 24), (16, 48)]
    assert [spec.blobs for spec in wide.layers] == [spec.blobs for spec in graph.layers]
    assert wide.program == graph.program
    assert resized(graph, (32, 32)) is graph


def test_the_program_stays_the_one_that_was_found() -> None:
    graph = graph_of(POOLING, semantics="cpu")
    assert resized(graph, (96, 96)).program.semantics == "cpu"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PICTURE + section("connected", output=2), r"x\.cfg:6: \[connected\] layer 0 is made for one size only"),
        (PICTURE + section("local", filters=2, size=3, stride=1, pad=1), r"\[local\] layer 0 is made for one size"),
        (PICTURE + conv(2) + conv(2, stride=2) + section("upsample") + section("route", layers="-1, 0"), "layers"),
        ("[net]\ninputs=4\n\n" + section("connected", output=2), "its input is a vector"),
    ],
)
def test_what_cannot_run_at_a_size_is_refused_with_both(text: str, reason: str) -> None:
    graph = graph_of(text.replace("height=6", "height=8").replace("width=7", "width=8"))
    own = f"{graph.input.w}x{graph.input.h}"
    with pytest.raises(ArgumentError, match=rf"x\.cfg: takes pictures of {own} .* at 13x11: .*{reason}") as caught:
        resized(graph, (13, 11), "batch")
    assert (caught.value.argument, caught.value.value, caught.value.expected) == ("batch", "13x11", own)
