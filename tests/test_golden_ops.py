"""Every single-layer case, layer by layer, against what the real Darknet leaves there."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from darkcsp.to_onnx import build_onnx
from darkcsp.weightfile import write_weights
from tests.agreement import onnxruntime_errors, torch_errors
from tests.reference import CASES, Cases, paths_of

every_case = pytest.mark.parametrize(
    ("cases", "path"), paths_of("op"), ids=lambda item: item.stem if isinstance(item, Path) else item.family
)


def test_there_are_cases() -> None:
    counts = {cases.family: len(cases.paths) for cases in CASES if cases.kind == "op"}
    assert counts["cpu"] >= 137 and counts["trained"] >= 141


@every_case
def test_shapes_and_bflops(cases: Cases, path: Path) -> None:
    case = cases.load(path)
    graph = case.graph()
    assert len(graph.layers) == len(case.layers)
    for spec, record in zip(graph.layers, case.layers, strict=True):
        assert spec.output.size == record["outputs"], spec.label
        shape = tuple(record[key] for key in ("out_c", "out_h", "out_w"))
        if all(shape):
            assert spec.output == shape, spec.label
        if case.engine == "AlexeyAB":  # pjreddie's program does not count them
            assert spec.flops / 1e9 == pytest.approx(record["bflops"], rel=1e-6), spec.label


@every_case
def test_weights_are_accounted_for_to_the_byte(cases: Cases, path: Path, tmp_path: Path) -> None:
    case = cases.load(path)
    graph = case.graph()
    weights = case.weights(graph)
    write_weights(tmp_path / "again.weights", weights, graph)
    assert (tmp_path / "again.weights").read_bytes() == case.weights_bytes


@every_case
def test_torch_agrees(cases: Cases, path: Path) -> None:
    case = cases.load(path)
    graph = case.graph()
    errors = torch_errors(case, graph, case.weights(graph))
    assert errors
    assert {key: error for key, error in errors.items() if not error <= cases.bound} == {}


@every_case
def test_onnxruntime_agrees(cases: Cases, path: Path) -> None:
    case = cases.load(path)
    graph = case.graph()
    errors = onnxruntime_errors(case, graph, case.weights(graph))
    assert errors
    assert {key: error for key, error in errors.items() if not error <= cases.bound} == {}


@every_case
def test_model_passes_the_checker(cases: Cases, path: Path) -> None:
    case = cases.load(path)
    graph = case.graph()
    for batch in (1, None):
        model = build_onnx(graph, case.weights(graph), taps="all", batch=batch)
        onnx.checker.check_model(model, full_check=True)
