"""Graph and arrays to an ONNX model: layers in order, then the outputs that were asked for."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple

from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from darkcsp.errors import ModelError, WeightsError
from darkcsp.graph.graph import Graph
from darkcsp.layers.softmax import Softmax
from darkcsp.layers.spec import Shape, Spec
from darkcsp.to_onnx.emitter import OPSET, Emitter, Target
from darkcsp.to_onnx.protobuf import Parts, assemble
from darkcsp.to_onnx.registry import decoder, lower
from darkcsp.version import __version__
from darkcsp.weightfile.weights import Blobs, Weights

Head = Literal["raw", "decoded"]
INPUT = "images"
IR_VERSION = 8


class Output(NamedTuple):
    """A graph output: the tensor behind it, and its dimensions behind the batch."""

    name: str
    tensor: str
    shape: tuple[int, ...]


def to_onnx(
    graph: Graph,
    weights: Weights,
    head: Head = "decoded",
    batch: int | None = 1,
    taps: Collection[int] | Literal["all"] = (),
    target: Target = "portable",
    names: Sequence[str] = (),
) -> ModelProto:
    """Write a network as an ONNX model, opset 13.

    Args:
        graph: the network.
        weights: arrays of all its layers.
        head: "decoded": one output `detections`, (batch, boxes, 5 + classes), float32: cx, cy, w, h relative to the
            input, objectness, class probabilities times objectness. "raw": what each head is given, (batch, c, h, w),
            named by the layer that makes it. Networks without heads give their last output.
        batch: pictures per run; None leaves it open.
        taps: layers, or "all", whose outputs are added as `layer_012`, as Darknet leaves them.
        target: what the model is written for.
        names: class names for the metadata.

    Returns:
        The model; its input `images` is (batch, 3, H, W) float32, RGB, 0..1. Recurrent networks have inputs
        `state_L001_rnn.hidden` and outputs `next_state_L001_rnn.hidden` besides.

    Raises:
        UnsupportedLayerError: a layer has no ONNX form.
        WeightsError: arrays of a layer are missing.
        ModelError: a tap is no layer.
    """
    return assemble(model_parts(graph, weights, head, batch, taps, target, names))


def model_parts(
    graph: Graph,
    weights: Weights,
    head: Head = "decoded",
    batch: int | None = 1,
    taps: Collection[int] | Literal["all"] = (),
    target: Target = "portable",
    names: Sequence[str] = (),
) -> Parts:
    """As `to_onnx`, with the large tensors apart, for `protobuf.write_model`."""
    if head not in ("raw", "decoded"):
        raise ValueError(f"head must be 'raw' or 'decoded', not {head!r}")
    emit = Emitter(target)
    tapped = range(len(graph.layers)) if taps == "all" else sorted(set(taps))
    if tapped and not 0 <= tapped[0] <= tapped[-1] < len(graph.layers):
        raise ModelError(f"taps {list(tapped)}: {graph.cfg.path} has layers 0 to {len(graph.layers) - 1}")
    lowered = _Lowering(graph, weights, emit)
    for spec in graph.layers[: _last_needed(graph, tapped) + 1]:
        lowered.layer(spec)
    outputs = _decoded(lowered) if head == "decoded" else _raw(lowered)
    outputs += [
        Output(f"layer_{index:03d}", lowered.buffers[index], tuple(graph.layers[index].output)) for index in tapped
    ]
    outputs += lowered.new_states
    return _finish(lowered, outputs, batch, _metadata(graph, head, names))


class _Lowering:
    """The tensors of the layers lowered so far."""

    def __init__(self, graph: Graph, weights: Weights, emit: Emitter) -> None:
        self.graph, self.weights, self.emit = graph, weights, emit
        self.given = INPUT
        self.buffers: dict[int, str] = {}
        self.handed: dict[int, str] = {-1: self.given}
        self.states: list[Output] = []
        self.new_states: list[Output] = []

    def layer(self, spec: Spec) -> None:
        """Write one layer's nodes and remember its tensors."""
        self.emit.scope = spec.label
        sources = [self.given if source < 0 else self.buffers[source] for source in spec.sources]
        if sources and not spec.reads_buffers:
            sources[0] = self.handed[spec.sources[0]]
        states = [f"state_{spec.label}.{state.name}" for state in spec.states]
        result = lower(spec, self._blobs(spec), self.emit, *sources, *states)
        tensors = list(result) if isinstance(result, tuple) else [result]
        carried = tensors[len(tensors) - len(spec.states) :]
        tensors = tensors[: len(tensors) - len(spec.states)]
        made = tensors[-1]
        if self.emit.rename(made, spec.label):
            tensors[-1] = spec.label
            carried = [spec.label if tensor == made else tensor for tensor in carried]
        for state, name, tensor in zip(spec.states, states, carried, strict=True):
            self.states.append(Output(name, name, tuple(state.shape)))
            self.new_states.append(Output(f"next_{name}", tensor, tuple(state.shape)))
        self.buffers[spec.index], self.handed[spec.index] = tensors[0], tensors[-1]

    def _blobs(self, spec: Spec) -> Blobs:
        if not spec.blobs:
            return {}
        if spec.parameters_of not in self.weights:
            raise WeightsError(
                f"{self.weights.path}: has no parameters for layer {spec.index} ({spec.place}); it covers "
                f"{len(self.weights)} of {self.weights.layers_total} layers, a model needs all of them"
            )
        return self.weights[spec.parameters_of]


def _last_needed(graph: Graph, tapped: Sequence[int]) -> int:
    recurrent = [spec.index for spec in graph.layers if spec.states]
    return max([*graph.raw_outputs, *tapped, *recurrent, -1])


def _raw(lowered: _Lowering) -> list[Output]:
    graph = lowered.graph
    outputs = []
    for index in graph.raw_outputs:
        tensor = lowered.handed[index]
        shape = graph.layers[index].output_to_next if index >= 0 else graph.input
        label = graph.layers[index].label if index >= 0 else "input"
        outputs.append(Output(label, tensor, tuple(shape)))
    return outputs


def _decoded(lowered: _Lowering) -> list[Output]:
    graph, emit = lowered.graph, lowered.emit
    if not graph.heads:
        return [_classified(lowered)]
    decoded = []
    for spec in graph.heads:
        emit.scope = f"{spec.label}/decoded"
        decoded.append(decoder(spec)(spec, graph.input, emit, lowered.handed[spec.sources[0]]))
    emit.scope = "detections"
    tensor = decoded[0] if len(decoded) == 1 else emit.node("Concat", *decoded, axis=1)
    boxes, columns = detection_rows(graph)
    return [Output("detections", tensor, (boxes, columns))]


def detection_rows(graph: Graph) -> tuple[int, int]:
    """Return (boxes, 5 + classes) of a detector's decoded output. Raises ValueError where heads differ in classes."""
    classes = {spec.classes for spec in graph.heads}
    if len(classes) > 1:
        raise ValueError(f"heads with different numbers of classes, {sorted(classes)}, have no common output")
    return sum(spec.boxes for spec in graph.heads), 5 + classes.pop()


def _classified(lowered: _Lowering) -> Output:
    """The last output; a vector loses its two spare dimensions."""
    spec = lowered.graph.output
    tensor, shape = lowered.handed[spec.index], spec.output_to_next
    name = "probabilities" if isinstance(spec, Softmax) else "output"
    if (shape.h, shape.w) != (1, 1):
        return Output(name, tensor, tuple(shape))
    lowered.emit.scope = name
    return Output(name, lowered.emit.reshape(tensor, 0, shape.c), (shape.c,))


def _finish(lowered: _Lowering, outputs: list[Output], batch: int | None, metadata: Mapping[str, str]) -> Parts:
    """Tie tensors to output names, drop what nobody needs, and wrap everything up."""
    emit, graph = lowered.emit, lowered.graph
    emit.scope = ""
    for output in outputs:
        if output.tensor != output.name:
            emit.nodes.append(
                helper.make_node("Identity", [output.tensor], [output.name], name=f"output/{output.name}")
            )
    emit.prune(output.name for output in outputs)
    inputs = [Output(INPUT, INPUT, input_shape(graph.input)), *lowered.states]
    proto = helper.make_graph(
        emit.nodes,
        "darkcsp",
        [_value(item, batch) for item in inputs],
        [_value(item, batch) for item in outputs],
        initializer=emit.constants,
    )
    model = helper.make_model(
        proto,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="darkcsp",
        producer_version=__version__,
    )
    helper.set_model_props(model, dict(metadata))
    return Parts(model, emit.weights)


def input_shape(shape: Shape) -> tuple[int, ...]:
    """Dimensions of the input behind the batch."""
    return tuple(shape)


def _value(output: Output, batch: int | None) -> ValueInfoProto:
    return helper.make_tensor_value_info(
        output.name, TensorProto.FLOAT, ["batch" if batch is None else batch, *output.shape]
    )


def _metadata(graph: Graph, head: Head, names: Sequence[str]) -> dict[str, str]:
    """What a reader of the file alone needs: how to prepare pictures and how to name what is found."""
    heads = [
        {
            "layer": spec.index,
            "type": spec.type,
            "classes": spec.classes,
            "nms": {"kind": spec.nms[0], "beta": spec.nms[1]},
            **spec.metadata,
        }
        for spec in graph.heads
    ]
    values: dict[str, object] = {
        "version": __version__,
        "cfg_sha256": graph.cfg.sha256,
        "head": head,
        "kind": "detector" if graph.heads else "classifier",
        "input": {"channels": graph.input.c, "height": graph.input.h, "width": graph.input.w},
        "letter_box": graph.net.letter_box,
        "heads": heads,
        "names": list(names),
    }
    return {f"darkcsp.{key}": value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
