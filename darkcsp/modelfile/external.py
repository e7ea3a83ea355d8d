"""Finds tensors whose values lie in other files, wherever in a model they stand."""

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
"""The messages of onnx.proto that can hold tensors: by number, what each of their fields holds."""


def external_tensor(reader: Reader) -> str | None:
    """Return the name of a tensor whose values lie in another file, None where there is none.

    Raises BrokenMessageError where the bytes are no model, or one of graphs within graphs without end.
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
