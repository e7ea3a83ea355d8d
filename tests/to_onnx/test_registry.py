"""Which nodes a spec becomes, and what lowerings return."""

from __future__ import annotations

import pytest

from darkcsp.errors import UnsupportedLayerError
from darkcsp.layers.cost import Cost
from darkcsp.layers.yolo import Yolo
from darkcsp.spec import Spec
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import Lowered, decodes, lower, lowers
from darkcsp.weightfile.weights import Blobs
from tests.networks import graph_of
from tests.single import PICTURE, conv, section
from tests.toy import TOY, Wooden


def without_input(spec: Spec, blobs: Blobs, emit: Emitter) -> Lowered:
    return Lowered("x")


def with_input(spec: Spec, blobs: Blobs, emit: Emitter, x: str) -> Lowered:
    return Lowered(x)


def test_a_spec_without_nodes_is_told() -> None:
    with pytest.raises(UnsupportedLayerError, match=r"x\.cfg:7: \[toy\] .* ONNX: no nodes are written for Toy"):
        lower(TOY, {}, Emitter(), "x")


def test_lowerings_are_checked_when_they_register() -> None:
    with pytest.raises(ValueError, match=r"Cost has two handlers: darkcsp\.to_onnx\.layers\.cost\.lower_cost and "):
        lowers(Cost)(with_input)
    with pytest.raises(
        TypeError, match=r"\.without_input takes \(spec, blobs, emit\); expected \(spec, blobs, emit, \*inputs\)"
    ):
        lowers(Wooden)(without_input)


def test_decoders_are_checked_when_they_register() -> None:
    with pytest.raises(ValueError, match=r"Yolo has two handlers: darkcsp\.to_onnx\.layers\.yolo\.decode_yolo and "):
        decodes(Yolo)(lambda spec, network, emit, raw: raw)


def test_what_a_layer_leaves_has_names() -> None:
    emit = Emitter()
    plain, blurred = (graph_of(PICTURE + text).layers[0] for text in (section("avgpool"), conv(4, antialiasing=1)))
    assert lower(plain, {}, emit, "x") == ("GlobalAveragePool", None, ())
    shapes = {blob.name: blob.shape for blob in blurred.blobs}
    found = lower(blurred, dict.fromkeys(shapes), emit, "x")  # type: ignore[arg-type]  # values are made when written
    assert found.buffer not in (None, found.handed)
    assert found.states == ()
