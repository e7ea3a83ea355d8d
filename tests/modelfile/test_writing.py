"""Models are written once, a piece at a time, and described without being read again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkcsp.arrays import Array
from darkcsp.modelfile import ExportOptions, read_onnx_file
from darkcsp.modelfile.writing import PIECE, LazyTensor, Parts, assemble, describe, piece_rows, write_model
from darkcsp.to_onnx import model_parts
from darkcsp.weightfile import parse_weights
from tests.networks import CLASSIFIER, DETECTOR, graph_of, weights_bytes

RECURRENT = "[net]\nwidth=8\nheight=8\nchannels=3\n[crnn]\noutput=4\nhidden=4\npad=1\nactivation=leaky\n"


def _parts(text: str, options: ExportOptions) -> Parts:
    graph = graph_of(text)
    return model_parts(graph, parse_weights(weights_bytes(graph), graph), options)


@pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning")
@pytest.mark.parametrize(
    ("text", "options"),
    [
        (DETECTOR, ExportOptions(names=("a", "b"))),
        (DETECTOR, ExportOptions(head="raw", batch=None, taps="all")),
        (DETECTOR, ExportOptions(head="nms", batch=None, input="uint8")),
        (DETECTOR, ExportOptions(head="opencv4", target="opencv-classic", batch=2)),
        (CLASSIFIER, ExportOptions()),
        (RECURRENT, ExportOptions(batch=None)),
    ],
)
def test_the_description_is_what_reading_the_file_gives(text: str, options: ExportOptions, tmp_path: Path) -> None:
    parts, path = _parts(text, options), str(tmp_path / "x.onnx")
    with open(path, "wb") as file:
        write_model(parts, file)
    assert describe(parts, path, path) == read_onnx_file(path)


def test_pieces_make_the_same_file_as_whole_tensors() -> None:
    parts = _parts(DETECTOR, ExportOptions())
    assert any(tensor.pieces for tensor in parts.tensors)
    pieces, whole = io.BytesIO(), io.BytesIO()
    write_model(parts, pieces)
    write_model(Parts(parts.skeleton, [tensor._replace(pieces=None) for tensor in parts.tensors]), whole)
    assert pieces.getvalue() == whole.getvalue()
    onnx.checker.check_model(onnx.load_from_string(pieces.getvalue()))
    assert assemble(parts).graph.initializer  # which needs no pieces


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=4))
def test_pieces_are_all_rows_in_order_and_small(shape: list[int]) -> None:
    rows = list(piece_rows(tuple(shape)))
    assert [row for part in rows for row in range(part.start, part.stop)] == list(range(shape[0]))
    row = 4 * int(np.prod(shape[1:]))
    assert all((part.stop - part.start) * row <= max(PIECE, row) for part in rows)


def test_what_is_made_must_be_what_was_declared() -> None:
    def of_pieces(*shapes: tuple[int, ...]) -> LazyTensor:
        def pieces() -> Iterator[Array]:
            yield from (np.zeros(shape, np.float32) for shape in shapes)

        return LazyTensor("x", (4, 2), lambda: np.zeros((4, 2), np.float32), pieces)

    skeleton = onnx.ModelProto()
    write_model(Parts(skeleton, [of_pieces((1, 2), (3, 2))]), io.BytesIO())
    for tensor in (of_pieces((1, 2)), of_pieces((4, 3)), LazyTensor("x", (4, 2), lambda: np.zeros(8, np.float32))):
        with pytest.raises(ValueError, match=r"x has .*, expected"):
            write_model(Parts(skeleton, [tensor]), io.BytesIO())
