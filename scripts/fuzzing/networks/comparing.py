"""One network on PyTorch and ONNX Runtime: its layers and its boxes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import onnx
import torch

from darkcsp.arrays import Array
from darkcsp.decode import decode
from darkcsp.graph import Graph
from darkcsp.to_onnx import build_onnx
from darkcsp.to_torch import Network
from darkcsp.weightfile import Weights
from tests.networks import weights_of
from tests.running import session_of

STEPS = 2
"""Number of pictures, which run one after another so that state is carried over."""

BOUND = 1e-3
"""Largest difference divided by the largest value. Normalisation divides by sums near 0, which magnifies rounding."""

ROUNDING = 1e-6
"""Pictures are changed by this fraction of each value, to see which layers magnify rounding beyond `BOUND` on their
own, such as a sigmoid after batch norm with a tiny variance."""


class Difference(NamedTuple):
    """A difference between PyTorch and ONNX Runtime: the layer's label or "boxes", and its relative size."""

    place: str
    size: float


def compare(graph: Graph, seed: int) -> list[Difference]:
    """Return differences above `BOUND` that rounding of the pictures does not explain, in order.

    Differences that follow from infinite or NaN values are ignored, because the engines handle these differently.
    """
    weights = weights_of(graph, seed)
    model = build_onnx(graph, weights, head="raw", taps="all")
    onnx.checker.check_model(model, full_check=True)
    pictures = np.random.default_rng(seed).standard_normal((STEPS, 1, *graph.input)).astype(np.float32)
    shaken = pictures * (1 + ROUNDING * np.sign(pictures[..., ::-1])).astype(np.float32)
    found: list[Difference] = []
    broken: set[int] = set()
    runs = zip(
        _in_torch(graph, weights, pictures),
        _in_onnxruntime(graph, model, pictures),
        _in_torch(graph, weights, shaken),
        strict=True,
    )
    for ours, theirs, moved in runs:
        for spec in graph.layers:
            want, got = ours[spec.index], theirs[f"layer_{spec.index:03d}"]
            difference, allowed = relative(want, got), max(BOUND, relative(want, moved[spec.index]))
            if broken.isdisjoint(spec.sources) and difference > allowed:
                found.append(Difference(spec.label, difference))
            if not (broken.isdisjoint(spec.sources) and np.isfinite(want).all()):
                broken.add(spec.index)
    return found if broken else found + _boxes(graph, weights, pictures[0])


def _in_torch(graph: Graph, weights: Weights, pictures: Array) -> Iterator[Mapping[int, Array]]:
    network, state = Network(graph, weights).eval(), None
    for picture in pictures:
        with torch.inference_mode():  # not around the yield: the mode would be the caller's as well
            outputs = network.layer_outputs(torch.from_numpy(picture), state)
        state = outputs.state
        yield {layer: tensor.numpy() for layer, tensor in outputs.items()}


def _in_onnxruntime(graph: Graph, model: onnx.ModelProto, pictures: Array) -> Iterator[Mapping[str, Array]]:
    session = session_of(model)
    names = [output.name for output in session.get_outputs()]
    feed = {item.name: np.zeros(item.shape, np.float32) for item in session.get_inputs()}
    for picture in pictures:
        outputs = dict(zip(names, session.run(None, {**feed, "images": picture}), strict=True))
        feed |= {name: outputs[f"next_{name}"] for name in feed if name != "images"}
        yield outputs


def _boxes(graph: Graph, weights: Weights, picture: Array) -> list[Difference]:
    """Compare decoded boxes with those that NumPy decodes from the logits of the same run.

    PyTorch's logits were compared before. Boxes from them would differ if logits are large, because their exponential
    turns rounding in the seventh digit of 1e6 into another size.
    """
    if not graph.heads or graph.is_recurrent:
        return []
    session = session_of(build_onnx(graph, weights, taps="all"))
    names = [output.name for output in session.get_outputs()]
    outputs = dict(zip(names, session.run(None, {"images": picture}), strict=True))
    logits = [outputs[f"layer_{head.sources[0]:03d}"] for head in graph.heads]
    difference = relative(decode(graph, logits), outputs["detections"])
    return [Difference("boxes", difference)] if difference > BOUND else []


def relative(want: Array, found: Array) -> float:
    """Return the largest difference divided by the largest value; infinity if only one is NaN or infinite."""
    assert want.shape == found.shape
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        alike = (want == found) | (np.isnan(want) & np.isnan(found))
        finite = np.isfinite(want) & np.isfinite(found)
        if not (alike | finite).all():
            return float("inf")
        difference = np.abs(want - found)[finite]
    largest = np.abs(want[finite]).max(initial=0)
    return float(difference.max(initial=0) / max(largest, 1e-3))
