"""Measures the range of every tensor to quantise on calibration pictures, with onnxruntime.quantization."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx

from darkcsp.arrays import Array
from darkcsp.errors import MissingBackendError, ModelError

Method = Literal["minmax", "percentile", "entropy"]
"""How a range is chosen: all values; all but the outermost 0.001 %; the range that loses the least information."""

_OPTIONS: dict[Method, dict[str, Any]] = {
    "minmax": {},
    "percentile": {"num_bins": 2048, "percentile": 99.999, "symmetric": False},
    "entropy": {"num_bins": 128, "num_quantized_bins": 128, "symmetric": False},
}


def measure_ranges(
    model: onnx.ModelProto, inputs: Iterable[Array], operators: Sequence[str], method: Method
) -> dict[str, tuple[float, float]]:
    """Run a float32 model and return the ranges of the inputs and outputs of its operators.

    Args:
        model: the model, with the shapes of its tensors; its only input takes pictures.
        inputs: batches for the model.
        operators: types of the nodes whose tensors are measured, such as "Conv".
        method: see `Method`.

    Returns:
        {tensor: (minimum, maximum)}.

    Raises:
        MissingBackendError: ONNX Runtime is not installed.
        ModelError: a tensor has values that are not finite, which the method does not support.
        ValueError: there are no inputs.
    """
    calibrate = _import()
    methods = calibrate.CalibrationMethod
    chosen = {"minmax": methods.MinMax, "percentile": methods.Percentile, "entropy": methods.Entropy}[method]
    name = model.graph.input[0].name
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):  # it prints its progress
        path = Path(folder, "model.onnx")
        onnx.save(model, path)
        calibrator = calibrate.create_calibrator(
            path,
            list(operators),
            augmented_model_path=str(Path(folder, "augmented.onnx")),
            calibrate_method=chosen,
            extra_options=_OPTIONS[method],
        )
        try:
            for batch in inputs:  # one by one, as it keeps the tensors of all batches of a reader until the reader ends
                calibrator.collect_data(_reader(calibrate, name, batch))
            found = calibrator.compute_data()
        except ValueError as error:
            if "not finite" not in str(error):
                raise
            raise ModelError("", f"{error} for the calibration pictures; {method!r} needs finite values") from None
    limits = {name: data.range_value for name, data in found.items()}
    return {name: (float(np.min(low)), float(np.max(high))) for name, (low, high) in limits.items()}


def _reader(calibrate: Any, name: str, batch: Array) -> Any:
    """Return a CalibrationDataReader of one batch."""
    left = [{name: batch}]
    reader = type("Reader", (calibrate.CalibrationDataReader,), {"get_next": lambda self: left.pop() if left else None})
    return reader()


def _import() -> Any:
    try:
        from onnxruntime.quantization import calibrate  # type: ignore[import-untyped]
    except ImportError:
        raise MissingBackendError("int8", "onnxruntime") from None
    return calibrate
