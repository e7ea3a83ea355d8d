"""One network through PyTorch and ONNX Runtime, layer by layer, and its boxes."""

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
"""Pictures, one after the other, so that a state is carried on."""

BOUND = 1e-3
"""Largest difference over the largest value: normalising functions divide by sums near 0, which magnifies rounding."""


class Difference(NamedTuple):
    """Where PyTorch and ONNX Runtime disagree: the layer's label or "boxes", and by how much of the largest value."""

    place: str
    size: float


def compare(graph: Graph, seed: int) -> list[Difference]:
    """Return what differs by more than `BOUND`, in order.

    What follows from values that are infinite or no numbers is left out: the engines differ in what they make of them.
    """
    weights = weights_of(graph, seed)
    model = build_onnx(graph, weights, head="raw", taps="all")
    onnx.checker.check_model(model, full_check=True)
    pictures = np.random.default_rng(seed).standard_normal((STEPS, 1, *graph.input)).astype(np.float32)
    found: list[Difference] = []
    broken: set[int] = set()
    both = zip(_in_torch(graph, weights, pictures), _in_onnxruntime(graph, model, pictures), strict=True)
    for ours, theirs in both:
        for spec in graph.layers:
            want, got = ours[spec.index], theirs[f"layer_{spec.index:03d}"]
            if broken.isdisjoint(spec.sources) and (difference := relative(want, got)) > BOUND:
                found.append(Difference(spec.label, difference))
            if not (broken.isdisjoint(spec.sources) and np.isfinite(want).all()):
                broken.add(spec.index)
    return found if broken else found + _boxes(graph, weights, pictures[0])


def _in_torch(graph: Graph, weights: Weights, pictures: Array) -> Iterator[Mapping[int, Array]]:
    network, state = Network(graph, weights).eval(), None
    with torch.inference_mode():
        for picture in pictures:
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
    """Compare decoded boxes with what NumPy makes of what PyTorch gives to the heads."""
    if not graph.heads or graph.is_recurrent:
        return []
    with torch.inference_mode():
        raw = [head.numpy() for head in Network(graph, weights).eval()(torch.from_numpy(picture))]
    (boxes,) = session_of(build_onnx(graph, weights)).run(None, {"images": picture})
    difference = relative(decode(graph, raw), boxes)
    return [Difference("boxes", difference)] if difference > BOUND else []


def relative(want: Array, found: Array) -> float:
    """Largest difference over the largest value; infinite where one alone is no number, or infinite."""
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
