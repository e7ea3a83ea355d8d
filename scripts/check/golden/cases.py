"""One case on every backend."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import cv2

from darkcsp.errors import DarkcspError
from tests.agreement import Errors, onnxruntime_errors, opencv_errors, torch_errors
from tests.reference import Case, Cases
from tests.reference_wongkinyiu import Cases as TheirCases

OPENCV_BOUND = 2e-3


class Row(NamedTuple):
    """Result of one case."""

    name: str
    cases: Cases | TheirCases
    layers: int
    worst: str
    torch: float
    onnxruntime: float
    opencv: float | str

    @property
    def agrees(self) -> bool:
        """Whether every bound holds. Models that OpenCV cannot run do not count against us."""
        bound = self.cases.bound
        opencv = self.opencv <= OPENCV_BOUND if isinstance(self.opencv, float) else True
        return self.torch <= bound and self.onnxruntime <= bound and opencv


def compare(cases: Cases, path: Path, with_opencv: bool) -> Row:
    """Run one case on the backends."""
    case = cases.load(path)
    graph = case.graph()
    weights = case.weights(graph)
    torch_result = torch_errors(case, graph, weights)
    onnx_result = onnxruntime_errors(case, graph, weights)
    opencv = in_opencv(case) if with_opencv else "not run"
    _, layer = max(torch_result, key=lambda key: max(torch_result[key], onnx_result[key]))
    return Row(
        path.stem, cases, len(graph.layers), graph.layers[layer].label, worst(torch_result), worst(onnx_result), opencv
    )


def worst(errors: Errors) -> float:
    """Return the largest error; NaN counts as infinite."""
    return max(error if error == error else float("inf") for error in errors.values())


def in_opencv(case: Case) -> float | str:
    """Return the error of the final outputs, or why OpenCV cannot run the model."""
    graph = case.graph()
    try:
        errors = opencv_errors(case, graph, case.weights(graph))
    except (cv2.error, DarkcspError) as error:
        return " ".join(str(error).split())[-160:]
    return worst(errors) if errors else "no output to compare"
