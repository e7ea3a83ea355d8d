"""Whole networks, layer by layer, against what the real Darknet leaves there; skipped where they are absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.agreement import onnxruntime_errors, torch_errors
from tests.modules import HAS_TORCH
from tests.reference import NETS, UPSTREAM, Case, load_net

TOLERANCE = 1e-4
SMALL = 8.0  # BFLOPs of a network that the default run has time for


def _meta(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(str(np.load(path, allow_pickle=False)["meta"]))
    return loaded


def _cases() -> list[object]:
    cases: list[object] = []
    for path in NETS:
        meta = _meta(path)
        small = 0 < (meta["bflops"] or 0) < SMALL and meta["floats"] < 30_000_000
        cases.append(pytest.param(path, id=path.stem, marks=() if small else pytest.mark.slow))
    return cases


@pytest.mark.skipif(not NETS, reason="the measured networks are not beside this repository")
@pytest.mark.parametrize("path", NETS, ids=lambda path: path.stem)
def test_shapes_plan_and_bflops(path: Path) -> None:
    case, meta = load_net_plan(path)
    graph = case.graph()
    for spec, record in zip(graph.layers, case.layers, strict=True):
        assert spec.output.size == record["outputs"], spec.label
        if case.engine == "AlexeyAB":
            assert spec.flops / 1e9 == pytest.approx(record["bflops"], rel=1e-6), spec.label
    assert graph.program.author == case.engine
    assert graph.parameters == meta["floats"]
    if case.engine == "AlexeyAB":
        assert f"{graph.flops / 1e9:.6g}" == f"{meta['bflops']:.6g}"
    plan = [(spec.index, blob.size) for spec in graph.layers for blob in spec.stored]
    assert plan == [(layer, count) for layer, _, count, _ in meta["segments"]]


@pytest.mark.parametrize("path", _cases())
def test_backends_agree(path: Path) -> None:
    case = load_net(path)
    graph = case.graph()
    weights = case.weights(graph)
    for errors_of in (onnxruntime_errors, torch_errors) if HAS_TORCH else (onnxruntime_errors,):
        errors = errors_of(case, graph, weights)
        assert errors
        assert {key: error for key, error in errors.items() if not error <= TOLERANCE} == {}


def load_net_plan(path: Path) -> tuple[Case, dict[str, Any]]:
    """A case without drawing its weights, and its record."""
    meta = _meta(path)
    text = (UPSTREAM / str(meta["cfg"])).read_text("utf-8", "replace")
    return Case(path.stem, text, b"", np.zeros((0, 0), np.float32), meta["layers"], [], str(meta["engine"])), meta
