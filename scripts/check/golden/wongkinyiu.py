"""One case of WongKinYiu's PyTorch programs on every backend: layers, heads, decoded rows and final boxes."""

from __future__ import annotations

from pathlib import Path

import cv2

from darkcsp.decode import decode
from darkcsp.errors import DarkcspError
from darkcsp.graph import Graph
from darkcsp.weightfile import Weights
from scripts.check.golden.cases import Row
from tests.agreement_wongkinyiu import (
    LAYER,
    Errors,
    final_boxes,
    onnxruntime_errors,
    opencv_errors,
    torch_errors,
    unmatched,
)
from tests.modules import torch_heads
from tests.reference_wongkinyiu import Case, Cases, load_case

BOXES = "final boxes"


def compare_theirs(cases: Cases, path: Path, with_opencv: bool) -> Row:
    """Run one case on the backends."""
    case = load_case(path)
    graph = case.graph()
    weights = case.weights(graph)
    in_torch = torch_errors(case, graph, weights) | _boxes(case, graph, weights, cases.bound)
    in_onnxruntime = onnxruntime_errors(case, graph, weights)
    opencv = _in_opencv(case, graph, weights) if with_opencv else "not run"
    name = max(in_torch, key=lambda key: max(in_torch[key], in_onnxruntime.get(key, 0.0)))
    label = graph.layers[int(name.removeprefix(LAYER))].label if name.startswith(LAYER) else name
    return Row(path.stem, cases, len(graph.layers), label, _worst(in_torch), _worst(in_onnxruntime), opencv)


def _boxes(case: Case, graph: Graph, weights: Weights, bound: float) -> Errors:
    """Return infinity if the final boxes differ from theirs, else 0; {} for cases without boxes."""
    if "nms" not in case.expected:
        return {}
    rows = decode(graph, torch_heads(graph, weights, case.inputs))
    wanted = case.expected["nms"][1].reshape(-1, 6)
    found = final_boxes(case, graph, rows)
    return {BOXES: 0.0 if len(found) == len(wanted) and not unmatched(found, wanted, bound) else float("inf")}


def _worst(errors: Errors) -> float:
    """Return the largest error; NaN counts as infinite."""
    return max(error if error == error else float("inf") for error in errors.values())


def _in_opencv(case: Case, graph: Graph, weights: Weights) -> float | str:
    """Return the error of the decoded rows, or why OpenCV cannot run the model."""
    try:
        return _worst(opencv_errors(case, graph, weights))
    except (cv2.error, DarkcspError) as error:
        return " ".join(str(error).split())[-160:]
