"""Finds values in a model that lower precision cannot represent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from darkcsp.arrays import Array
from darkcsp.errors import ModelError, Notice, Place

LARGEST = 65504.0
"""The largest value of float16; larger values are clipped to it."""


def check_finite(model: onnx.ModelProto) -> None:
    """Raise ModelError if a tensor has NaN or infinite values, for example because folding overflowed float32."""
    for name, values in _tensors(model):
        wrong = values.size - int(np.count_nonzero(np.isfinite(values)))
        if wrong:
            raise ModelError(
                "", f"{wrong} of {values.size} values of {name} are NaN or infinite; the weights are far too large"
            )


def check_range(tensor: str, low: float, high: float) -> None:
    """Raise ModelError if a tensor's range over the calibration pictures is not finite."""
    if not np.isfinite([low, high]).all():
        message = f"{tensor} ranges from {low} to {high} for the calibration pictures, but int8 needs a finite range"
        raise ModelError("", f"{message}; the weights are far too large, or NaN")


def beyond_float16(model: onnx.ModelProto, path: str) -> list[Notice]:
    """Return a notice for each tensor of a float32 model with values that float16 cannot hold; see `LARGEST`."""
    notices = []
    for name, values in _tensors(model):
        beyond = int(np.count_nonzero(np.abs(values) > LARGEST))
        if beyond:
            message = f"{beyond} of {values.size} values of {name} exceed float16's {LARGEST:.0f} and are clipped to it"
            notices.append(Notice(Place(path), message))
    return notices


def _tensors(model: onnx.ModelProto) -> Iterator[tuple[str, Array]]:
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            yield tensor.name, numpy_helper.to_array(tensor)
