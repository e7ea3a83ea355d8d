"""Final boxes by ONNX's NonMaxSuppression (do_nms_sort in src/box.c).

Where the operator differs from Darknet: it knows intersection over union alone, so that `nms_kind` greedynms and
diounms, which subtract the centres' distance, are not expressed; it suppresses something at 0, where Darknet keeps all;
it has a limit to the boxes of a class, Darknet has none; it orders by picture, class and confidence. Equal to Darknet:
it goes class by class, from the most certain box, what counts must be above the threshold, an overlap must be above the
limit to suppress, a box without area overlaps nothing.

`max_detections` is that limit: a file gives so many boxes of each class of a picture at most, Detector of all classes.
"""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from darkcsp.modelfile.options import Suppression
from darkcsp.to_onnx.emitter import Emitter


def write_final_boxes(emit: Emitter, rows: str, boxes: int, classes: int, suppression: Suppression, gated: bool) -> str:
    """Turn rows (N, boxes, 5 + classes) into (n, 7), of `FINAL_COLUMNS`.

    With `gated`, a box's objectness must be above the threshold as well as its class probability times objectness.
    """
    box, objectness, scores = emit.split(rows, 2, [4, 1, classes])
    threshold = emit.constant(suppression.threshold)
    if gated:
        above = emit.node("Cast", emit.node("Greater", objectness, threshold), to=TensorProto.FLOAT)
        scores = emit.node("Mul", scores, above)
    class_of = None
    if suppression.single_class:
        best = emit.node("ArgMax", scores, axis=2, keepdims=1)
        if suppression.agnostic:  # the scores of a single class, and beside them each box's own
            class_of = emit.node("Cast", best, to=TensorProto.FLOAT)
            scores = emit.node("ReduceMax", scores, axes=[2], keepdims=1)
        else:
            own = emit.node("Equal", best, emit.constant(np.arange(classes), np.int64))
            scores = emit.node("Mul", scores, emit.node("Cast", own, to=TensorProto.FLOAT))
    scores = emit.node("Transpose", scores, perm=[0, 2, 1])
    # OpenCV 5.0 crashes where nothing is found, so that there is one more box until the end.
    spare = emit.constant([[0, 0, 0]], np.int64)
    chosen = emit.node("Concat", _chosen(emit, box, scores, boxes, suppression), spare, axis=0)
    picture, class_id, position = emit.split(chosen, 1, [1, 1, 1])
    # All arithmetic is done before boxes are chosen: OpenCV 5.0 calculates with as many as there were the first time.
    place = emit.node("Concat", picture, position, axis=1)
    corners = emit.node("GatherND", _corners(emit, box), place)
    confidence = emit.reshape(emit.node("GatherND", scores, chosen), -1, 1)
    number, label = (emit.node("Cast", column, to=TensorProto.FLOAT) for column in (picture, class_id))
    if class_of is not None:
        label = emit.node("GatherND", class_of, place)
    return emit.slice(emit.node("Concat", number, label, confidence, corners, axis=1), 0, 0, -1)


def _corners(emit: Emitter, box: str) -> str:
    """Centre, width and height, (N, boxes, 4), to left, top, right, bottom."""
    centre, size = emit.split(box, 2, [2, 2])
    half = emit.scalar("Mul", size, 0.5)
    return emit.node("Concat", emit.node("Sub", centre, half), emit.node("Add", centre, half), axis=2)


def _chosen(emit: Emitter, box: str, scores: str, boxes: int, suppression: Suppression) -> str:
    """The (picture, class, box) of what is left, (n, 3) int64."""
    threshold = emit.constant([suppression.threshold])
    if not suppression.nms:
        found = emit.node("NonZero", emit.node("Greater", scores, threshold))
        return emit.node("Transpose", found, perm=[1, 0])
    most = min(boxes, suppression.max_detections or boxes)
    limits = [emit.constant([most], np.int64), emit.constant([suppression.nms]), threshold]
    return emit.node("NonMaxSuppression", box, scores, *limits, center_point_box=1)
