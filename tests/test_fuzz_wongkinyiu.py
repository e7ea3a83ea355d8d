"""Random cfgs of WongKinYiu's dialect: PyTorch and ONNX Runtime agree, decoded and folded as well."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from darkcsp.arrays import Array
from darkcsp.decode import decode
from darkcsp.to_onnx import build_onnx
from tests.fuzz_wongkinyiu import cfgs
from tests.modules import torch_layers
from tests.networks import graph_of, weights_of
from tests.running import run_model
from tests.single import numbers

pytest.importorskip("torch")


def _close(found: Array, want: Array, what: str) -> None:
    assert np.abs(found - want).max() <= 1e-4 * max(float(np.abs(want).max()), 1e-3), what


@settings(max_examples=40)
@given(cfgs())
def test_backends_agree(text: str) -> None:
    graph = graph_of(text, dialect="wongkinyiu")
    weights = weights_of(graph)
    given = numbers(1, *graph.input)
    layers = torch_layers(graph, weights, given)
    taps = run_model(build_onnx(graph, weights, head="raw", taps="all"), images=given)
    for spec in graph.layers:
        assert layers[spec.index].shape[1:] == spec.output, text
        _close(taps[f"layer_{spec.index:03d}"], layers[spec.index], f"{spec.label} of\n{text}")
    rows = run_model(build_onnx(graph, weights), images=given)["detections"]
    _close(rows, decode(graph, [layers[head.sources[0]] for head in graph.heads]), text)
