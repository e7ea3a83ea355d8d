"""A float32 model's products in int8: QuantizeLinear and DequantizeLinear around them (onnxruntime.quantization).

What was chosen by measurement (scripts/check_precision, docs/performance.md): activations are uint8 with a zero point,
for which every engine has kernels (OpenVINO 2026.4 gives wrong results with int8 ones); weights are int8 without one,
with a scale for each output channel; biases are int32. OpenVINO and OpenCV fuse an activation into the convolution
before it, and are fastest where nothing stands between the two; ONNX Runtime needs the activation itself quantised.
OpenCV 4.10, 4.14 and 5's classic engine run every form, and none is faster there than float32; OpenCV 5's new engine
gets some wrong, and is refused (docs/combinations.md).
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
    """What is quantised: types of nodes, and those of them whose outputs stay float32 for the engine to fuse."""

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

    OpenVINO is fastest where only what products read is quantised. OpenCV 5's new engine runs this wrongly into its
    int8 pool unless pools are quantised as well. ONNX Runtime needs everything between two products in int8.
    """
    return _SCHEMES[TARGETS[target].int8]


@dataclass(frozen=True)
class Calibrated:
    """What a model does with calibration pictures.

    Attributes:
        target: what it was measured for.
        sizes: of channels between convolutions, see `equalising`.
        ranges: of tensors, once channels are equalised: {tensor: (least, largest)}.
    """

    target: Target
    sizes: dict[str, Array]
    ranges: dict[str, tuple[float, float]]


def calibrate(
    model: onnx.ModelProto, inputs: Iterable[Array], target: Target = "portable", method: Method = METHOD
) -> Calibrated:
    """Run a model on pictures and measure what `to_int8` needs.

    Args:
        model: a float32 model that darkcsp made, whose only input is a float32 batch of pictures.
        inputs: batches for it, such as (1, c, h, w); they are iterated over twice. One is enough to run, some hundred
            pictures of the kind that the model is for are better.
        target: the engine to quantise for.
        method: how ranges are chosen.

    Raises:
        MissingBackendError: ONNX Runtime is not installed.
        ModelError: the network carries state from picture to picture, or has numbers that are not finite.
        ValueError: there are no inputs.
    """
    if len(model.graph.input) > 1:
        raise ModelError("", "the network carries state from one picture to the next; int8 cannot be calibrated for it")
    chosen = scheme(target)
    sizes = channel_sizes(model, inputs, activated="LeakyRelu" not in chosen.operators)
    for tensor, size in sizes.items():
        check_range(tensor, 0.0, float(size.max()))
    inferred = onnx.shape_inference.infer_shapes(equalise(model, sizes))
    check_finite(inferred)
    ranges = measure_ranges(inferred, inputs, chosen.operators, method)
    tail = find_border(model).tail  # which stays float32, and may be infinite where a box is none
    decoded = {name for node in model.graph.node if node.name in tail for name in node.output}
    for tensor in sorted(ranges.keys() - decoded):
        check_range(tensor, *ranges[tensor])
    return Calibrated(target, sizes, ranges)


def to_int8(model: onnx.ModelProto, calibrated: Calibrated) -> onnx.ModelProto:
    """Quantise a model; heads (the last convolution of each and all that decodes) stay float32.

    Args:
        model: a float32 model that darkcsp made, of the network that was calibrated; head, batch and input may be
            others. It is not changed.
        calibrated: what `calibrate` measured.

    Returns:
        The model in QDQ form, with the same inputs, outputs and metadata.

    Raises:
        MissingBackendError: ONNX Runtime is not installed.
        ModelError: there is nothing in it to quantise.
    """
    border = find_border(model)
    if all(node.op_type not in PRODUCTS or node.name in border.last for node in model.graph.node):
        raise ModelError("", "the only weights are those of the heads, which stay float32: nothing becomes int8")
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
            "ForceQuantizeNoInputCheck": True,  # pools and the like behind what is not int8, too
            "WeightSymmetric": True,
        },
    )
    with _quiet():
        quantizer.quantize_model()
        quantizer.model.topological_sort()
    quantised: onnx.ModelProto = quantizer.model.model
    return quantised


def _picture_ranges(model: onnx.ModelProto) -> dict[str, tuple[float, float]]:
    """Ranges of what stands between a uint8 picture and the first layer, which the calibrated model does not have."""
    return {
        name: (0.0, 1.0 if node.op_type == "Mul" else BYTE)
        for node in model.graph.node
        if node.name.startswith(f"{SCOPE}/")
        for name in node.output
    }


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the library logs of tensors that stay as they are to itself."""
    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
