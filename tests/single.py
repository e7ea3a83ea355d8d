"""Runs small networks through both backends, holds them to each other, and gives every layer's output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx

from darkcsp.graph import Graph
from darkcsp.graph.build import build_by
from darkcsp.spec.program import Author, Dialect, Program, Semantics
from darkcsp.spec.spec import Spec
from darkcsp.to_onnx import build_onnx
from darkcsp.weightfile import Header, Weights
from tests.modules import HAS_TORCH, torch_layers
from tests.networks import cfg_of, graph_of, weights_of
from tests.reference import Array
from tests.running import run_model

Numbers = npt.NDArray[Any]
"""Arrays of either precision."""

PICTURE = "[net]\nwidth=7\nheight=6\nchannels=3\n\n"
PJREDDIES = "[l2norm]\n\n"
"""A section that AlexeyAB's program does not know: pjreddie's rules then hold for the whole cfg."""


class Run(NamedTuple):
    """A network, what it was given, and the output of each layer, (N, c, h, w)."""

    graph: Graph
    weights: Weights
    given: Array
    outputs: dict[int, Array]

    @property
    def last(self) -> Array:
        return self.outputs[len(self.graph.layers) - 1]

    def blobs(self, layer: int) -> Mapping[str, Array]:
        return self.weights[layer]


def section(name: str, **options: object) -> str:
    """The text of a section."""
    return f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in options.items()) + "\n"


def conv(filters: int, **options: object) -> str:
    """A 3x3 convolution that keeps the size, linear unless told otherwise."""
    return section("convolutional", **{"filters": filters, "size": 3, "pad": 1, "activation": "linear", **options})


def only(text: str, semantics: Semantics = "trained") -> Spec:
    """The last spec of a cfg."""
    return graph_of(text, semantics=semantics).layers[-1]


def graph_as(author: Author, text: str, semantics: Semantics = "trained") -> Graph:
    """Build by the rules of one program alone, without the other's second reading."""
    return build_by(cfg_of(text), Program(author, semantics))


def read_as_theirs(text: str, dialect: Dialect = "wongkinyiu") -> Graph:
    """Build by the rules of WongKinYiu's readers."""
    return graph_of(text, dialect=dialect)


def their_conv(filters: int, **options: object) -> str:
    """A 3x3 convolution that keeps the size, with all that these readers need; linear unless told otherwise."""
    return conv(filters, **{"stride": 1, **options})


def notices(text: str, semantics: Semantics = "trained") -> list[str]:
    """What a cfg's author should know."""
    return [notice.message for notice in graph_of(text, semantics=semantics).notices]


def numbers(*shape: int, seed: int = 1) -> Array:
    """Random values of both signs."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def run(
    text: str,
    given: Array | None = None,
    arrays: Mapping[int, Mapping[str, Numbers]] | None = None,
    tolerance: float = 1e-5,
    semantics: Semantics = "trained",
    dialect: Dialect = "auto",
) -> Run:
    """Run a cfg in PyTorch, where it is installed, and ONNX Runtime, which must agree.

    Weights are random but for `arrays`.
    """
    graph = graph_of(text, semantics=semantics, dialect=dialect)
    weights = weights_of(graph)
    if arrays is not None:
        merged = {layer: {**blobs, **arrays.get(layer, {})} for layer, blobs in weights.items()}
        weights = Weights(merged, Header(), "<arrays>", len(merged))
    given = numbers(2, *graph.input) if given is None else given
    through_onnx = _through_onnx(graph, weights, given)
    outputs = torch_layers(graph, weights, given) if HAS_TORCH else through_onnx
    for layer, others in through_onnx.items():
        assert outputs[layer].shape == (len(given), *graph.layers[layer].output)
        np.testing.assert_allclose(others, outputs[layer], rtol=tolerance, atol=tolerance, err_msg=f"layer {layer}")
    return Run(graph, weights, given, outputs)


def _through_onnx(graph: Graph, weights: Weights, given: Array) -> dict[int, Array]:
    model = build_onnx(graph, weights, head="raw", batch=None, taps="all")
    onnx.checker.check_model(model, full_check=True)
    found = run_model(model, images=given)
    return {layer: found[f"layer_{layer:03d}"] for layer in range(len(graph.layers))}


def correlate(
    x: Numbers, weights: Numbers, stride: tuple[int, int] = (1, 1), padding: int = 0, dilation: int = 1, groups: int = 1
) -> Numbers:
    """A convolution by its definition, in double: x (N, c, h, w), weights (filters, c / groups, k, k)."""
    x = np.pad(x.astype(np.float64), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    reach = dilation * (weights.shape[2] - 1) + 1
    down, across = stride
    rows = range(0, x.shape[2] - reach + 1, down)
    columns = range(0, x.shape[3] - reach + 1, across)
    per_group = len(weights) // groups
    y = np.zeros((len(x), len(weights), len(rows), len(columns)))
    for f, kernel in enumerate(weights):
        first = f // per_group * weights.shape[1]
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                window = x[:, first : first + weights.shape[1], row : row + reach : dilation]
                y[:, f, i, j] = (window[:, :, :, column : column + reach : dilation] * kernel).sum((1, 2, 3))
    return y


def normalized(x: Numbers, blobs: Mapping[str, Numbers]) -> Numbers:
    """Batch normalisation as AlexeyAB's program has it; channels are dimension 1."""
    scales, means, variances, biases = (
        blobs[name].astype(np.float64)[None, :, None, None] for name in ("scales", "means", "variances", "biases")
    )
    return (x - means) / np.sqrt(variances + 1e-5) * scales + biases


def close(got: Numbers, want: Numbers, tolerance: float = 1e-5) -> None:
    """Hold one array to another."""
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)
