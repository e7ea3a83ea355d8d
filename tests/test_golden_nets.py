"""Whole networks, layer by layer, against what the real Darknet leaves there; skipped where they are absent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.agreement import onnxruntime_errors, torch_errors
from tests.modules import HAS_TORCH
from tests.reference import UPSTREAM, Case, Cases, paths_of, read_meta, semantics_of

NETS = paths_of("net")
SMALL = 8.0  # BFLOPs of a network that the default run has time for


def _cases() -> list[object]:
    cases: list[object] = []
    for family, path in NETS:
        meta = read_meta(path)
        small = 0 < (meta["bflops"] or 0) < SMALL and meta["floats"] < 30_000_000
        marks = () if small else pytest.mark.slow
        cases.append(pytest.param(family, path, id=f"{family.family}-{path.stem}", marks=marks))
    return cases


@pytest.mark.skipif(not NETS, reason="the measured networks are not beside this repository")
@pytest.mark.parametrize("path", [path for _, path in NETS], ids=lambda path: path.stem)
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
        is_as_printed = round(meta["bflops"], 3) == meta["bflops"]
        assert graph.flops / 1e9 == pytest.approx(meta["bflops"], rel=1e-6, abs=5e-4 if is_as_printed else 0)
    plan = [(spec.index, blob.size) for spec in graph.layers for blob in spec.stored]
    assert plan == [(layer, count) for layer, _, count, _ in meta["segments"]]


@pytest.mark.parametrize(("cases", "path"), _cases())
def test_backends_agree(cases: Cases, path: Path) -> None:
    case = cases.load(path)
    graph = case.graph()
    weights = case.weights(graph)
    for errors_of in (onnxruntime_errors, torch_errors) if HAS_TORCH else (onnxruntime_errors,):
        errors = errors_of(case, graph, weights)
        assert errors
        assert {key: error for key, error in errors.items() if not error <= cases.bound} == {}


def load_net_plan(path: Path) -> tuple[Case, dict[str, Any]]:
    """A case without drawing its weights, and its record."""
    meta = read_meta(path)
    text = (UPSTREAM / str(meta["cfg"])).read_text("utf-8", "replace")
    nothing = np.zeros((0, 0), np.float32)
    case = Case(path.stem, text, b"", nothing, meta["layers"], [], str(meta["engine"]), semantics_of(meta))
    return case, meta
