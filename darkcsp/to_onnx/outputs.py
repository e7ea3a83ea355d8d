"""What comes out of a model: raw heads, decoded rows, what OpenCV 4's own importer gave, or final boxes."""

from __future__ import annotations

from collections.abc import Callable

from darkcsp.errors import ModelError, Notice, UnsupportedLayerError, warn
from darkcsp.graph.graph import Graph
from darkcsp.modelfile.forms import BOX_COLUMNS, FINAL_COLUMNS, HeadForm
from darkcsp.modelfile.names import BOXES, DETECTIONS, raw_output_name
from darkcsp.modelfile.options import ExportOptions
from darkcsp.spec.head import Head
from darkcsp.to_onnx.lowering import Lowering, Output
from darkcsp.to_onnx.registry import decode
from darkcsp.to_onnx.suppression import write_final_boxes

OPENCV_THRESHOLD = 0.2
"""Class probabilities that are not above this are 0 in what OpenCV 4 gives."""

MOST_BOXES = 2**31 - 1
"""More than any model for pictures of any size can have."""


def raw(lowered: Lowering, options: ExportOptions) -> list[Output]:
    """What each head is given, (batch, c, h, w), named by the layer that makes it; without heads, the last output."""
    graph = lowered.graph
    outputs = []
    for index in graph.raw_outputs:
        shape = graph.layers[index].output_to_next if index >= 0 else graph.input
        outputs.append(Output(raw_output_name(graph, index), lowered.handed[index], tuple(shape)))
    return outputs


def decoded(lowered: Lowering, options: ExportOptions) -> list[Output]:
    """One output `detections`, (batch, boxes, 5 + classes); without heads, the last output."""
    graph, emit = lowered.graph, lowered.emit
    if not graph.heads:
        return [_classified(lowered)]
    columns = _columns(graph)
    rows = [_decode(lowered, spec) for spec in graph.heads]
    emit.scope = DETECTIONS
    tensor = rows[0] if len(rows) == 1 else emit.node("Concat", *rows, axis=1)
    return [Output(DETECTIONS, tensor, (sum(spec.boxes for spec in graph.heads), columns))]


def opencv4(lowered: Lowering, options: ExportOptions) -> list[Output]:
    """One output for each head as OpenCV 4's Darknet importer gave it: `yolo_82`, (boxes, 5 + classes).

    See `Head.opencv4_name` for the names. Rows and columns are those of `decoded`; class probabilities up to 0.2 are 0.
    With a batch of other than one picture there is a dimension for it in front. Without heads, the last output.
    """
    graph, emit = lowered.graph, lowered.emit
    if not graph.heads:
        return [_classified(lowered)]
    outputs = []
    for spec in graph.heads:
        box, classes = emit.split(_decode(lowered, spec), 2, [BOX_COLUMNS, spec.classes])
        above = emit.node("Cast", emit.node("Greater", classes, emit.constant(OPENCV_THRESHOLD)), to=1)
        rows = emit.node("Concat", box, emit.node("Mul", classes, above), axis=2)
        shape = (spec.boxes, BOX_COLUMNS + spec.classes)
        if options.pictures == 1:
            rows = emit.reshape(rows, emit.pixels(spec.boxes), shape[1])
        outputs.append(Output(spec.opencv4_name, rows, shape, batched=options.pictures != 1))
    return outputs


def nms(lowered: Lowering, options: ExportOptions) -> list[Output]:
    """One output `boxes`, (n, 7): picture of the batch, class, confidence, x1, y1, x2, y2 relative to the input.

    See `suppression` for the order, and for what the operator cannot express: a cfg that asks for it is warned about.
    Raises UnsupportedLayerError for a tree of classes. Without heads, the last output.
    """
    graph, emit = lowered.graph, lowered.emit
    if not graph.heads:
        return [_classified(lowered)]
    last = graph.heads[-1]  # its options hold for all, as in test_detector
    if last.has_tree:
        raise UnsupportedLayerError(last.place, "ONNX", "final boxes of a tree of classes; use head='decoded'")
    kind = last.nms[0]
    if kind in _INEXPRESSIBLE:
        advice = "head 'decoded' leaves it to darkcsp.Detector, which does"
        warn([Notice(last.place, f"{_INEXPRESSIBLE[kind].format(kind)}, ONNX's operator does not; {advice}")])
    (rows,) = decoded(lowered, options)
    emit.scope = BOXES
    boxes, columns = rows.shape
    gated = last.compares_objectness and not last.bounded_by_objectness
    most = int(boxes) if emit.sides is None else MOST_BOXES
    final = write_final_boxes(emit, rows.tensor, most, int(columns) - BOX_COLUMNS, options.suppression, gated)
    return [Output(BOXES, final, (BOXES, len(FINAL_COLUMNS)), batched=False)]


_INEXPRESSIBLE = {
    "greedynms": "nms_kind={} subtracts the centres' distance from the overlap",
    "diounms": "nms_kind={} subtracts the centres' distance from the overlap",
    "wongkinyiu": "suppression in WongKinYiu's programs keeps the 300 most certain boxes of all classes",
}
"""Kinds of suppression, and what they do that the operator does not."""

WRITERS: dict[HeadForm, Callable[[Lowering, ExportOptions], list[Output]]] = {
    "raw": raw,
    "decoded": decoded,
    "opencv4": opencv4,
    "nms": nms,
}
"""How each form is written."""


def _decode(lowered: Lowering, spec: Head) -> str:
    lowered.emit.scope = f"{spec.label}/decoded"
    given = lowered.handed[spec.sources[0]]
    return decode(spec, lowered.graph.input, lowered.emit, given)


def _columns(graph: Graph) -> int:
    """Columns of the common output."""
    classes = {spec.classes for spec in graph.heads}
    if len(classes) > 1:
        raise ModelError(
            graph.cfg.path,
            f"heads with {' and '.join(map(str, sorted(classes)))} classes have no common output; "
            "use head 'raw' or 'opencv4'",
        )
    return BOX_COLUMNS + classes.pop()


def _classified(lowered: Lowering) -> Output:
    """The last output; a vector loses its two spare dimensions."""
    spec = lowered.graph.output
    tensor, shape = lowered.handed[spec.index], spec.output_to_next
    name = spec.output_name
    if (shape.h, shape.w) != (1, 1):
        return Output(name, tensor, tuple(shape))
    lowered.emit.scope = name
    return Output(name, lowered.emit.reshape(tensor, 0, shape.c), (shape.c,))
