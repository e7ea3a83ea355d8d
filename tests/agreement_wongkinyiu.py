"""Runs a case of WongKinYiu's readers through a backend and gives the error of every tensor by name."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from darkcsp.decode import decode
from darkcsp.detect.detector import above_threshold
from darkcsp.detect.nms import suppress_moved_apart
from darkcsp.graph import Graph
from darkcsp.modelfile.metadata import HeadInfo
from darkcsp.to_onnx import build_onnx
from darkcsp.weightfile import Weights
from tests.modules import torch_layers
from tests.reference import Array
from tests.reference_wongkinyiu import Case, relative_error
from tests.running import run_model

Errors = dict[str, float]
"""Tensor -> error."""

LAYER = "layer_"
"""What names of layers' outputs begin with."""

COLUMNS = {"x": (0,), "y": (1,), "w": (2,), "h": (3,), "objectness": (4,)}
"""Columns of a decoded row that are compared on their own scale; the classes come after them."""


def torch_errors(case: Case, graph: Graph, weights: Weights) -> Errors:
    """Every layer and head through PyTorch, and boxes through NumPy."""
    layers = torch_layers(graph, weights, case.inputs)
    heads = [layers[head.sources[0]] for head in graph.heads]
    errors = {f"head{number}": case.error(f"head{number}", found) for number, found in enumerate(heads)}
    return errors | _layer_errors(case, layers) | decoded_errors(case, graph, decode(graph, heads))


def onnxruntime_errors(case: Case, graph: Graph, weights: Weights) -> Errors:
    """Every layer, and decoded boxes, through ONNX Runtime; what taps keep from being folded is folded in the boxes."""
    taps = run_model(build_onnx(graph, weights, head="raw", taps="all"), images=case.inputs)
    layers = {int(name.removeprefix(LAYER)): found for name, found in taps.items() if name.startswith(LAYER)}
    rows = run_model(build_onnx(graph, weights), images=case.inputs)["detections"]
    return _layer_errors(case, layers) | decoded_errors(case, graph, rows)


def opencv_errors(case: Case, graph: Graph, weights: Weights) -> Errors:
    """Decoded boxes through OpenCV DNN. Raises cv2.error where OpenCV lacks an operator."""
    model = build_onnx(graph, weights, target="opencv")
    network = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
    network.setInput(case.inputs)
    return decoded_errors(case, graph, np.asarray(network.forward(), np.float32))


def _layer_errors(case: Case, layers: Mapping[int, Array]) -> Errors:
    names = [name for name in case.expected if name.startswith(LAYER)]
    return {name: case.error(name, layers[int(name.removeprefix(LAYER))]) for name in names}


def decoded_errors(case: Case, graph: Graph, rows: Array) -> Errors:
    """Hold rows of boxes to theirs, each kind of column on its own scale.

    Their classes are not multiplied by objectness; they are here, with ours, which may be too small to divide by.
    """
    theirs = _in_their_order(graph, rows)
    columns = theirs.shape[-1]
    index, want = case.expected["decoded"]
    index = np.arange(want.size) if index is None else index
    want = want.reshape(-1)
    kinds = {**COLUMNS, "classes": tuple(range(5, columns))}
    errors = {}
    for kind, members in kinds.items():
        chosen = np.isin(index % columns, members)
        if chosen.any():
            scale = theirs.reshape(-1, columns)[index[chosen] // columns, 4] if kind == "classes" else 1.0
            expected = (index[chosen], want[chosen] * scale)
            errors[f"decoded {kind}"] = relative_error(theirs, expected)
    return errors


def _in_their_order(graph: Graph, rows: Array) -> Array:
    """Turn (1, boxes, 5 + classes) into pixels, head by head, then anchor by anchor, row, column."""
    parts, start = [], 0
    for head in graph.heads:
        part = rows[:, start : start + head.boxes].reshape(head.input.h * head.input.w, -1, rows.shape[-1])
        parts.append(part.transpose(1, 0, 2).reshape(-1, rows.shape[-1]))
        start += head.boxes
    joined = np.concatenate(parts)[None].copy()
    joined[..., :4] *= (graph.input.w, graph.input.h) * 2
    return joined


MAX_DETECTIONS = 300
"""What their programs keep."""


def final_boxes(case: Case, graph: Graph, rows: Array) -> Array:
    """Return (n, 6), left, top, right, bottom in the input's pixels, score, class, the most certain first."""
    limits = case.meta["nms"]
    boxes, scores = above_threshold(rows[0], HeadInfo.of(graph.heads[-1]), limits["conf_thres"])
    boxes = boxes * np.array((graph.input.w, graph.input.h) * 2, np.float32)
    kept = suppress_moved_apart(boxes, scores, limits["iou_thres"], MAX_DETECTIONS)
    row, column = np.nonzero(kept)
    order = np.argsort(-kept[row, column], kind="stable")
    row, column = row[order], column[order]
    half = boxes[row, 2:] / 2
    return np.concatenate(
        [boxes[row, :2] - half, boxes[row, :2] + half, kept[row, column][:, None], column[:, None]], 1
    )


def unmatched(found: Array, wanted: npt.NDArray[np.float32], tolerance: float) -> int:
    """Count boxes (n, 6) that have no equal among the others: the same class, and corners and score within a part of
    the largest corner, and of 1."""
    limits = np.array([tolerance * float(np.abs(wanted[:, :4]).max())] * 4 + [tolerance, 0.5])
    apart = (np.abs(found[:, None] - wanted[None]) > limits).any(2)
    return int(apart.all(0).sum() + apart.all(1).sum())
