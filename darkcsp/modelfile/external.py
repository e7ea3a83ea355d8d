"""Finds tensors anywhere in a model whose values are stored in other files."""

from __future__ import annotations

from collections.abc import Mapping

from darkcsp.modelfile.bounds import MOST_NESTED
from darkcsp.modelfile.protobuf import BrokenMessageError, Reader, TensorField

_TENSOR = "tensor"

_BELOW: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: _TENSOR, 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: _TENSOR, 6: "graph", 10: _TENSOR, 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: _TENSOR, 2: _TENSOR},
}
"""The messages of onnx.proto that can hold tensors: field number -> kind of its contents."""


def external_tensor(reader: Reader) -> str | None:
    """Return the name of a tensor whose values are stored in another file, or None.

    Raises BrokenMessageError if the bytes are not a model, or if its graphs are nested too deeply.
    """
    waiting = [("model", 0, reader.size, 0)]
    while waiting:
        kind, start, end, depth = waiting.pop()
        if depth > MOST_NESTED:
            raise BrokenMessageError(f"its messages are nested more than {MOST_NESTED} levels deep")
        if kind == _TENSOR:
            if _is_external(reader, start, end):
                return reader.text(reader.known(start, end, (TensorField.NAME,)).get(TensorField.NAME))
            continue
        for number, value, begin, finish in reader.fields(start, end):
            if number in _BELOW[kind] and value is None:
                waiting.append((_BELOW[kind][number], begin, finish, depth + 1))
    return None


def _is_external(reader: Reader, start: int, end: int) -> bool:
    return any(
        number in (TensorField.EXTERNAL_DATA, TensorField.DATA_LOCATION) and value != 0
        for number, value, _, _ in reader.fields(start, end)
    )
