"""Graph and arrays to an ONNX model: layers in order, then the outputs that were asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from darkcsp.errors import ModelError
from darkcsp.graph.graph import Graph
from darkcsp.to_onnx.draft import Draft
from darkcsp.to_onnx.emitter import OPSET, Emitter, Target
from darkcsp.to_onnx.lowering import INPUT, Lowering, Output
from darkcsp.to_onnx.metadata import metadata
from darkcsp.to_onnx.outputs import HEADS, Head, OutputOptions
from darkcsp.to_onnx.passes import apply_passes
from darkcsp.to_onnx.picture import ELEMENTS, InputType, input_shape, write_planes
from darkcsp.to_onnx.protobuf import Parts, assemble
from darkcsp.to_onnx.suppression import DEFAULT, Suppression
from darkcsp.version import __version__
from darkcsp.weightfile.weights import Weights

IR_VERSION = 8


def to_onnx(
    graph: Graph,
    weights: Weights,
    head: Head = "decoded",
    batch: int | None = 1,
    taps: Collection[int] | Literal["all"] = (),
    target: Target = "portable",
    names: Sequence[str] = (),
    input: InputType = "float32",
    passes: Collection[str] | None = None,
    suppression: Suppression = DEFAULT,
) -> ModelProto:
    """Write a network as an ONNX model, opset 13.

    Args:
        graph: the network.
        weights: arrays of all its layers.
        head: "decoded": one output `detections`, (batch, boxes, 5 + classes), float32: cx, cy, w, h relative to the
            input, objectness, class probabilities times objectness. "raw": what each head is given, (batch, c, h, w),
            named by the layer that makes it. "opencv4": what OpenCV 4's Darknet importer gave, one output `yolo_82`,
            (boxes, 5 + classes), for each head. "nms": one output `boxes`, (n, 7): picture of the batch, class,
            confidence, x1, y1, x2, y2 relative to the input. Networks without heads give their last output.
        batch: pictures per run; None leaves it open.
        taps: layers, or "all", whose outputs are added as `layer_012`, as Darknet leaves them.
        target: what the model is written for.
        names: class names for the metadata.
        input: "float32": `images` is (batch, c, H, W), RGB, 0..1. "uint8": (batch, H, W, c), BGR, 0..255.
        passes: names of optimisations, see `passes`; those that pay on the target by default.
        suppression: what head "nms" keeps.

    Returns:
        The model. Recurrent networks have inputs `state_L001_rnn.hidden` and outputs `next_state_L001_rnn.hidden`
        besides.

    Raises:
        UnsupportedLayerError: a layer has no ONNX form.
        WeightsError: arrays of a layer are missing.
        ModelError: a tap is no layer, or the network's input cannot be uint8.
        ValueError: a pass has another name.
    """
    return assemble(model_parts(graph, weights, head, batch, taps, target, names, input, passes, suppression))


def model_parts(
    graph: Graph,
    weights: Weights,
    head: Head = "decoded",
    batch: int | None = 1,
    taps: Collection[int] | Literal["all"] = (),
    target: Target = "portable",
    names: Sequence[str] = (),
    input: InputType = "float32",
    passes: Collection[str] | None = None,
    suppression: Suppression = DEFAULT,
) -> Parts:
    """As `to_onnx`, with the large tensors apart, for `protobuf.write_model`."""
    if head not in HEADS:
        raise ValueError(f"head must be one of {', '.join(HEADS)}, not {head!r}")
    emit = Emitter(target)
    tapped = range(len(graph.layers)) if taps == "all" else sorted(set(taps))
    if tapped and not 0 <= tapped[0] <= tapped[-1] < len(graph.layers):
        raise ModelError(f"taps {list(tapped)}: {graph.cfg.path} has layers 0 to {len(graph.layers) - 1}")
    shape = input_shape(graph, input)
    picture = write_planes(emit, INPUT, graph.input.c) if input == "uint8" else INPUT
    lowered = Lowering(graph, weights, emit, picture)
    for spec in graph.layers[: _last_needed(graph, head, tapped) + 1]:
        lowered.layer(spec)
    outputs = HEADS[head](lowered, OutputOptions(batch, suppression))
    outputs += [
        Output(f"layer_{index:03d}", lowered.buffers[index], tuple(graph.layers[index].output)) for index in tapped
    ]
    outputs += lowered.new_states
    given = [_value(Output(INPUT, INPUT, shape), batch, ELEMENTS[input])]
    given += [_value(state, batch) for state in lowered.states]
    draft = apply_passes(_draft(emit, given, outputs, batch), passes)
    return _finish(draft, metadata(graph, head, names, input, suppression))


def _last_needed(graph: Graph, head: Head, tapped: Sequence[int]) -> int:
    recurrent = [spec.index for spec in graph.layers if spec.states]
    given = graph.raw_outputs if graph.heads or head == "raw" else (graph.output.index,)
    return max([*given, *tapped, *recurrent, -1])


def _draft(emit: Emitter, inputs: Sequence[ValueInfoProto], outputs: list[Output], batch: int | None) -> Draft:
    """Tie tensors to output names and drop what nobody needs."""
    emit.scope = ""
    for output in outputs:
        if output.tensor != output.name:
            emit.nodes.append(
                helper.make_node("Identity", [output.tensor], [output.name], name=f"output/{output.name}")
            )
    emit.prune(output.name for output in outputs)
    returned = tuple(_value(item, batch) for item in outputs)
    return Draft(tuple(emit.nodes), tuple(emit.constants), tuple(emit.weights), tuple(inputs), returned, emit.target)


def _finish(draft: Draft, properties: Mapping[str, str]) -> Parts:
    """Wrap everything up."""
    proto = helper.make_graph(draft.nodes, "darkcsp", draft.inputs, draft.outputs, initializer=draft.constants)
    model = helper.make_model(
        proto,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="darkcsp",
        producer_version=__version__,
    )
    helper.set_model_props(model, dict(properties))
    return Parts(model, list(draft.weights))


def _value(output: Output, batch: int | None, element: int = TensorProto.FLOAT) -> ValueInfoProto:
    front = ["batch" if batch is None else batch] if output.batched else []
    return helper.make_tensor_value_info(output.name, element, [*front, *output.shape])
