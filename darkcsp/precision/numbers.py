"""Numbers of a model that lower precision cannot hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from darkcsp.arrays import Array
from darkcsp.errors import ModelError, Notice, Place

LARGEST = 65504.0
"""Of float16; what lies beyond becomes this."""


def check_finite(model: onnx.ModelProto) -> None:
    """Raise ModelError where a tensor of a model has NaN or infinities: what was folded into it has left float32."""
    for name, values in _tensors(model):
        wrong = values.size - int(np.count_nonzero(np.isfinite(values)))
        if wrong:
            raise ModelError(
                "", f"{wrong} of {values.size} numbers of {name} are NaN or infinite: weights are far too large"
            )


def check_range(tensor: str, low: float, high: float) -> None:
    """Raise ModelError where a tensor's values over the calibration pictures have no finite range."""
    if not np.isfinite([low, high]).all():
        message = f"{tensor} lies between {low} and {high} for the calibration pictures, and int8 needs a finite range"
        raise ModelError("", f"{message}; the weights are far too large, or no numbers")


def beyond_float16(model: onnx.ModelProto, path: str) -> list[Notice]:
    """Say which tensors of a float32 model have numbers that float16 cannot hold; see `LARGEST`."""
    notices = []
    for name, values in _tensors(model):
        beyond = int(np.count_nonzero(np.abs(values) > LARGEST))
        if beyond:
            message = f"{beyond} of {values.size} numbers of {name} are beyond float16's {LARGEST:.0f} and become that"
            notices.append(Notice(Place(path), message))
    return notices


def _tensors(model: onnx.ModelProto) -> Iterator[tuple[str, Array]]:
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            yield tensor.name, numpy_helper.to_array(tensor)
