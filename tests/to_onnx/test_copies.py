"""Loading reads no array, and writing has a weight in memory twice at most, one weight at a time."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from darkcsp.graph import Graph
from darkcsp.modelfile import ExportOptions
from darkcsp.modelfile.targets import TARGETS, Target
from darkcsp.modelfile.writing import PIECE, write_model
from darkcsp.to_onnx import model_parts
from darkcsp.weightfile import read_weights
from tests.networks import graph_of, write_files
from tests.single import conv

LAYERS = 6
TEXT = "[net]\nwidth=4\nheight=4\nchannels=256\n\n" + "".join(
    [
        conv(256, batch_normalize=1),
        conv(256, batch_normalize=1, stride=2),
        conv(512, size=1, batch_normalize=1),
        conv(256, size=1),
        conv(256),
        conv(256, batch_normalize=1),
    ]
)
SMALL = 400_000
"""Bytes of everything else: nodes, biases, interpreter."""


class Nowhere(io.RawIOBase):
    """A file that keeps nothing, and knows the most that it was handed at once."""

    most = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        size = memoryview(data).nbytes
        self.most = max(self.most, size)
        return size


def largest(graph: Graph) -> int:
    return max(4 * blob.size for spec in graph.layers for blob in spec.stored)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_files(tmp_path, TEXT)


def test_loading_copies_nothing(files: tuple[Path, Path]) -> None:
    graph = graph_of(TEXT)
    tracemalloc.start()
    try:
        weights = read_weights(files[1], graph)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < SMALL < largest(graph)
    assert not any(array.flags.writeable for blobs in weights.values() for array in blobs.values())


@pytest.mark.parametrize("target", TARGETS)
def test_writing_has_a_weight_in_memory_twice_at_most(target: Target, files: tuple[Path, Path]) -> None:
    """As the product with its factors, and where a pass needs another order, in that."""
    graph = graph_of(TEXT)
    weights = read_weights(files[1], graph)
    with Nowhere() as file:
        write_model(model_parts(graph, weights, ExportOptions(target=target)), file)  # type: ignore[arg-type]
        tracemalloc.start()
        try:
            write_model(model_parts(graph, weights, ExportOptions(target=target)), file)  # type: ignore[arg-type]
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert file.most <= largest(graph)
    assert peak < 2 * largest(graph) + SMALL


def test_what_nothing_changes_is_read_a_few_rows_at_a_time(files: tuple[Path, Path]) -> None:
    graph = graph_of(TEXT)
    weights = read_weights(files[1], graph)
    parts = model_parts(graph, weights, ExportOptions())
    plain = next(tensor for tensor in parts.tensors if tensor.name == "L004_convolutional/weights")
    assert plain.pieces is not None
    pieces = list(plain.pieces())
    assert max(piece.nbytes for piece in pieces) <= PIECE < plain.make().nbytes
    np.testing.assert_array_equal(np.concatenate(pieces), weights[4]["weights"])
