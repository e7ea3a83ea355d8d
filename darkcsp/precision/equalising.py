"""Equalises the channels between two convolutions, so that one scale for all of them loses little precision.

Linear, ReLU and leaky activations and max pooling preserve a positive factor: channel c of a convolution can be divided
by s, and the weights of the next convolution that read it multiplied by s, without changing the network's outputs
("Data-Free Quantization Through Weight Equalization and Bias Correction", section 4.1; how much of a channel's size
moves into the weights follows "SmoothQuant", section 4). Depthwise weights have a scale per channel and take all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import numpy_helper

from darkcsp.arrays import Array
from darkcsp.errors import MissingBackendError
from darkcsp.modelfile.index import Index, attribute
from darkcsp.weightfile.folding import times

HOMOGENEOUS = frozenset({"LeakyRelu", "MaxPool", "Relu"})
"""f(s x) = s f(x) for s > 0, channel by channel."""

STRENGTH = 0.65
"""How much of a channel's size moves into the weights of a following convolution that reads several channels.

Anything from 0.25 to 0.75 loses about as few detections.
"""

FARTHEST = 64.0
"""The largest factor; the smallest is 1 / this."""


@dataclass(frozen=True)
class Link:
    """Two convolutions with only homogeneous functions between them; `tensor` is the input of the second."""

    first: onnx.NodeProto
    second: onnx.NodeProto
    tensor: str

    @property
    def depthwise(self) -> bool:
        """Whether each filter of the second convolution reads one channel."""
        return bool(attribute(self.second, "group", 1) > 1)


def equalise(model: onnx.ModelProto, sizes: Mapping[str, Array]) -> onnx.ModelProto:
    """Return a model with the same outputs, up to rounding, and channels of similar size.

    Args:
        model: a float32 model made by darkcsp; it is not modified.
        sizes: result of `channel_sizes` for this model or another of the same network.
    """
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    links = [link for link in find_links(changed) if link.tensor in sizes]
    tensors = {tensor.name: tensor for tensor in changed.graph.initializer}
    values = {
        name: numpy_helper.to_array(tensors[name]).astype(np.float32)
        for link in links
        for name in (*link.first.input[1:], link.second.input[1])
    }
    for link in links:
        factors = _factors(sizes[link.tensor], values[link.second.input[1]], link.depthwise)
        for name in link.first.input[1:]:
            values[name] = values[name] / factors.reshape(-1, *[1] * (values[name].ndim - 1))
        weights = values[link.second.input[1]]
        axis = 0 if link.depthwise else 1
        shape = [-1 if position == axis else 1 for position in range(weights.ndim)]
        values[link.second.input[1]] = times(weights, factors.reshape(shape))
    for name, array in values.items():
        tensors[name].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(array, np.float32), name))
    return changed


def find_links(model: onnx.ModelProto) -> Iterator[Link]:
    """Yield every pair of convolutions that can share factors.

    The tensors between them have no other reader and are not outputs, the weights are not shared, and each filter of
    the second reads either all channels or one.
    """
    index = Index.of_graph(model.graph)
    for first in index.nodes:
        if first.op_type != "Conv" or not _has_own_weights(index, first):
            continue
        tensor = first.output[0]
        while node := index.only_reader(tensor, *HOMOGENEOUS):
            tensor = node.output[0]
        second = index.only_reader(tensor, "Conv")
        if second is not None and _has_own_weights(index, second) and _takes_factors(index, second):
            yield Link(first, second, tensor)


def _has_own_weights(index: Index, conv: onnx.NodeProto) -> bool:
    return len(conv.input) == 3 and all(index.is_private(name) for name in conv.input[1:])


def _takes_factors(index: Index, conv: onnx.NodeProto) -> bool:
    groups, shape = attribute(conv, "group", 1), index.initializers[conv.input[1]]
    return groups == 1 or (shape[1] == 1 and shape[0] == groups)


def channel_sizes(model: onnx.ModelProto, inputs: Iterable[Array], activated: bool = True) -> dict[str, Array]:
    """Return the largest absolute value of each channel between two linked convolutions: {Link.tensor: (c,)}.

    Args:
        model: a float32 model that darkcsp made.
        inputs: batches for its only input.
        activated: whether to measure the input of the second convolution. Use False to measure the output of the first
            if that is quantised as well: its negative values, which a leaky activation shrinks, then need range.

    Raises:
        MissingBackendError: ONNX Runtime is not installed.
    """
    links = {link.tensor: link.tensor if activated else link.first.output[0] for link in find_links(model)}
    names = list(links.values())
    try:
        import onnxruntime  # type: ignore[import-untyped]
    except ImportError:
        raise MissingBackendError("int8", "onnxruntime") from None
    if not names:
        return {}
    tapped = onnx.ModelProto()
    tapped.CopyFrom(model)
    known = {output.name for output in tapped.graph.output}
    tapped.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in known)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(tapped.SerializeToString(), options, providers=["CPUExecutionProvider"])
    sizes: dict[str, Array] = {}
    for batch in inputs:
        for name, values in zip(links, session.run(names, {model.graph.input[0].name: batch}), strict=True):
            size = np.abs(values).max((0, 2, 3))
            sizes[name] = np.maximum(sizes[name], size) if name in sizes else size
    return sizes


def _factors(sizes: Array, weights: Array, depthwise: bool) -> Array:
    """Return the divisor of each channel; 1 for channels that are always 0."""
    if depthwise:
        wanted = sizes / sizes.max() if sizes.max() > 0 else np.ones_like(sizes)
    else:
        reach = np.abs(weights).max((0, 2, 3))
        wanted = np.where(reach > 0, sizes**STRENGTH / np.maximum(reach, 1e-12) ** (1 - STRENGTH), 0)
        wanted = wanted / np.median(wanted[wanted > 0]) if (wanted > 0).any() else np.ones_like(sizes)
    factors = np.where(wanted > 0, wanted, 1).clip(1 / FARTHEST, FARTHEST)
    return factors.astype(np.float32)
