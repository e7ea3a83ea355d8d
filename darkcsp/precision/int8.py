"""Quantises the products of a float32 model to int8, with QuantizeLinear and DequantizeLinear around them.

It uses onnxruntime.quantization. The scheme was chosen by measurement (scripts/check_precision, docs/performance.md):
activations are uint8 with a zero point, for which every engine has kernels (OpenVINO 2026.4 gives wrong results with
int8 activations); weights are int8 without a zero point, with a scale per output channel; biases are int32. OpenVINO
and OpenCV fuse an activation into the convolution before it, and are fastest if nothing is between the two; ONNX
Runtime needs the activation itself quantised. OpenCV 4.10, 4.14 and 5's classic engine run every form, none of them
faster than float32; OpenCV 5's new engine gets some wrong, and is refused (docs/combinations.md).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import onnx

from darkcsp.arrays import Array
from darkcsp.errors import MissingBackendError, ModelError
from darkcsp.modelfile.targets import TARGETS, Int8, Target
from darkcsp.precision.border import PRODUCTS, find_border
from darkcsp.precision.equalising import channel_sizes, equalise
from darkcsp.precision.numbers import check_finite, check_range
from darkcsp.precision.ranges import Method, measure_ranges
from darkcsp.to_onnx.picture import BYTE, SCOPE

METHOD: Method = "minmax"


class Scheme(NamedTuple):
    """What is quantised: types of nodes, and those whose outputs stay float32 so that the engine can fuse them."""

    operators: tuple[str, ...]
    fused: tuple[str, ...] = ()


_WEIGHTED = tuple(sorted(PRODUCTS - {"ConvTranspose"}))

_SCHEMES: dict[Int8, Scheme] = {
    "products": Scheme(_WEIGHTED, fused=_WEIGHTED),
    "products and pools": Scheme((*_WEIGHTED, "MaxPool"), fused=_WEIGHTED),
    "everything": Scheme(
        (*_WEIGHTED, "Add", "Clip", "Concat", "LeakyRelu", "MaxPool", "Relu", "Resize", "Sigmoid", "Slice", "Split")
    ),
}


def scheme(target: Target) -> Scheme:
    """Return what is quantised for a target.

    OpenVINO is fastest if only the inputs of products are quantised. OpenCV 5's new engine then fails in its int8 pool
    unless pools are quantised as well. ONNX Runtime needs everything between two products in int8.
    """
    return _SCHEMES[TARGETS[target].int8]


@dataclass(frozen=True)
class Calibrated:
    """Measurements of a model on calibration pictures.

    Attributes:
        target: the target they were made for.
        sizes: sizes of the channels between convolutions, see `equalising`.
        ranges: ranges of tensors after channels are equalised: {tensor: (minimum, maximum)}.
    """

    target: Target
    sizes: dict[str, Array]
    ranges: dict[str, tuple[float, float]]


def calibrate(
    model: onnx.ModelProto, inputs: Iterable[Array], target: Target = "portable", method: Method = METHOD
) -> Calibrated:
    """Run a model on pictures and measure what `to_int8` needs.

    Args:
        model: a float32 model made by darkcsp, whose only input is a float32 batch of pictures.
        inputs: batches for it, such as (1, c, h, w); they are iterated over twice. One is enough to run; a few hundred
            pictures like those the model will see are better.
        target: the engine to quantise for.
        method: how ranges are chosen.

    Raises:
        MissingBackendError: ONNX Runtime is not installed.
        ModelError: the network carries state from picture to picture, or has numbers that are not finite.
        ValueError: there are no inputs.
    """
    if len(model.graph.input) > 1:
        raise ModelError("", "the network carries state from one picture to the next, which int8 does not support")
    chosen = scheme(target)
    sizes = channel_sizes(model, inputs, activated="LeakyRelu" not in chosen.operators)
    for tensor, size in sizes.items():
        check_range(tensor, 0.0, float(size.max()))
    inferred = onnx.shape_inference.infer_shapes(equalise(model, sizes))
    check_finite(inferred)
    ranges = measure_ranges(inferred, inputs, chosen.operators, method)
    tail = find_border(model).tail  # stays float32, and may be infinite where there is no object
    decoded = {name for node in model.graph.node if node.name in tail for name in node.output}
    for tensor in sorted(ranges.keys() - decoded):
        check_range(tensor, *ranges[tensor])
    return Calibrated(target, sizes, ranges)


def to_int8(model: onnx.ModelProto, calibrated: Calibrated) -> onnx.ModelProto:
    """Quantise a model; the heads (the last convolution of each and the decoding) stay float32.

    Args:
        model: a float32 model made by darkcsp from the network that was calibrated; head, batch and input may differ.
            It is not modified.
        calibrated: the result of `calibrate`.

    Returns:
        The model in QDQ form, with the same inputs, outputs and metadata.

    Raises:
        MissingBackendError: ONNX Runtime is not installed.
        ModelError: there is nothing in it to quantise.
    """
    border = find_border(model)
    if all(node.op_type not in PRODUCTS or node.name in border.last for node in model.graph.node):
        raise ModelError(
            "", "the only weights are those of the heads, which stay float32; there is nothing to quantise"
        )
    chosen = scheme(calibrated.target)
    equal = onnx.shape_inference.infer_shapes(equalise(model, calibrated.sizes))
    ranges = {**calibrated.ranges, **_picture_ranges(model)}
    quantised = _quantised(equal, ranges, chosen, sorted(border.tail | border.last))
    del quantised.graph.value_info[:]
    quantised.producer_name, quantised.producer_version = model.producer_name, model.producer_version
    del quantised.metadata_props[:]
    quantised.metadata_props.extend(model.metadata_props)
    return quantised


def _quantised(
    model: onnx.ModelProto, ranges: dict[str, tuple[float, float]], chosen: Scheme, left_out: list[str]
) -> onnx.ModelProto:
    try:
        from onnxruntime.quantization import QuantType  # type: ignore[import-untyped]
        from onnxruntime.quantization.calibrate import (  # type: ignore[import-untyped]
            CalibrationMethod,
            TensorsData,
        )
        from onnxruntime.quantization.qdq_quantizer import QDQQuantizer  # type: ignore[import-untyped]
    except ImportError:
        raise MissingBackendError("int8", "onnxruntime") from None
    limits = {name: (np.float32(low), np.float32(high)) for name, (low, high) in ranges.items()}
    quantizer = QDQQuantizer(
        model,
        per_channel=True,
        reduce_range=False,
        weight_qType=QuantType.QInt8,
        activation_qType=QuantType.QUInt8,
        tensors_range=TensorsData(CalibrationMethod.MinMax, limits),
        nodes_to_quantize=[],
        nodes_to_exclude=left_out,
        op_types_to_quantize=list(chosen.operators),
        extra_options={
            "OpTypesToExcludeOutputQuantization": list(chosen.fused),
            "ForceQuantizeNoInputCheck": True,  # also pools and the like after nodes that are not int8
            "WeightSymmetric": True,
        },
    )
    with _quiet():
        quantizer.quantize_model()
        quantizer.model.topological_sort()
    quantised: onnx.ModelProto = quantizer.model.model
    return quantised


def _picture_ranges(model: onnx.ModelProto) -> dict[str, tuple[float, float]]:
    """Return the ranges between a uint8 picture and the first layer, which the calibrated model does not have."""
    return {
        name: (0.0, 1.0 if node.op_type == "Mul" else BYTE)
        for node in model.graph.node
        if node.name.startswith(f"{SCOPE}/")
        for name in node.output
    }


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress the library's log messages about tensors that are not quantised."""
    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
