"""Every case of WongKinYiu's readers: sections, and networks where they are present."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest

from darkcsp.decode import decode
from darkcsp.to_onnx import build_onnx
from darkcsp.weightfile import write_weights
from tests.agreement_wongkinyiu import Errors, final_boxes, onnxruntime_errors, opencv_errors, torch_errors, unmatched
from tests.modules import torch_heads
from tests.reference_wongkinyiu import NETS, OPS, load_case

TOLERANCE = 2e-5
"""Ten times closer than a case can be relied on."""

SMALL = 10_000_000
"""Parameters of a network that the default run has time for."""

every_op = pytest.mark.parametrize("path", OPS, ids=lambda path: path.stem)
every_net = pytest.mark.parametrize("path", NETS, ids=lambda path: path.stem)


def _nets() -> list[object]:
    cases: list[object] = []
    for path in NETS:
        segments = json.loads(str(np.load(path, allow_pickle=False)["meta"]))["segments"]
        small = sum(count for _, _, count, _ in segments) < SMALL
        cases.append(pytest.param(path, id=path.stem, marks=() if small else pytest.mark.slow))
    return cases


def _held(errors: Errors) -> None:
    assert errors
    assert {name: error for name, error in errors.items() if not error <= TOLERANCE} == {}


def test_there_are_cases() -> None:
    assert len(OPS) == 42


@every_op
def test_torch_agrees(path: Path) -> None:
    case = load_case(path)
    graph = case.graph()
    _held(torch_errors(case, graph, case.weights(graph)))


@every_op
def test_onnxruntime_agrees(path: Path) -> None:
    case = load_case(path)
    graph = case.graph()
    _held(onnxruntime_errors(case, graph, case.weights(graph)))


@every_op
def test_opencv_agrees(path: Path) -> None:
    case = load_case(path)
    graph = case.graph()
    _held(opencv_errors(case, graph, case.weights(graph)))


@every_op
def test_weights_are_accounted_for_to_the_byte(path: Path, tmp_path: Path) -> None:
    case = load_case(path)
    graph = case.graph()
    write_weights(tmp_path / "again.weights", case.weights(graph), graph)
    assert (tmp_path / "again.weights").read_bytes() == case.weights_bytes


@every_op
def test_models_pass_the_checker(path: Path) -> None:
    case = load_case(path)
    graph = case.graph()
    for batch in (1, None):
        for options in ({"head": "raw", "taps": "all"}, {"head": "decoded"}, {"head": "opencv4"}):
            model = build_onnx(graph, case.weights(graph), batch=batch, **options)  # type: ignore[arg-type]
            onnx.checker.check_model(model, full_check=True)


@every_net
def test_shapes_and_plan(path: Path) -> None:
    case = load_case(path)
    graph = case.graph()
    for spec, record in zip(graph.layers, case.meta["layers"], strict=True):
        if record["shape"] is not None:
            assert list(spec.output) == record["shape"], spec.label
    plan = [(spec.index, blob.size) for spec in graph.layers for blob in spec.stored]
    assert plan == [(layer, count) for layer, _, count, _ in case.meta["segments"][: case.meta["in_file"]]]
    assert [head.index for head in graph.heads] == case.meta["heads"]


@pytest.mark.parametrize("path", _nets())
def test_networks_agree(path: Path) -> None:
    case = load_case(path)
    graph = case.graph()
    weights = case.weights(graph)
    _held(torch_errors(case, graph, weights))
    _held(onnxruntime_errors(case, graph, weights))


@pytest.mark.parametrize("path", _nets())
def test_final_boxes_are_theirs(path: Path) -> None:
    case = load_case(path)
    if "nms" not in case.expected:
        pytest.skip("the case holds no final boxes")
    graph = case.graph()
    rows = decode(graph, torch_heads(graph, case.weights(graph), case.inputs))
    _, wanted = case.expected["nms"]
    found = final_boxes(case, graph, rows)
    assert (len(found), unmatched(found, wanted.reshape(-1, 6), 1e-4)) == (len(wanted.reshape(-1, 6)), 0)
