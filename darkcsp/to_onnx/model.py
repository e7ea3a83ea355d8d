"""Graph and arrays to an ONNX model: layers in order, then the outputs that were asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Unpack

from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from darkcsp.errors import ArgumentError, ModelError, warn
from darkcsp.graph.graph import Graph
from darkcsp.limits import DEFAULT_LIMITS
from darkcsp.modelfile.class_names import check_count, classes_of
from darkcsp.modelfile.metadata import Metadata
from darkcsp.modelfile.names import BATCH, IMAGES, tap_name
from darkcsp.modelfile.options import DYNAMIC, ExportChanges, ExportOptions, export_options
from darkcsp.modelfile.targets import IR_VERSION, OPSET, TARGETS, Kernels
from darkcsp.modelfile.writing import Parts, assemble
from darkcsp.spec.program import DEFAULT_SEMANTICS
from darkcsp.to_onnx.draft import Draft
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.lowering import Lowering, Output
from darkcsp.to_onnx.open_size import open_draft
from darkcsp.to_onnx.outputs import WRITERS
from darkcsp.to_onnx.passes import apply_passes, chosen_passes
from darkcsp.to_onnx.picture import ELEMENTS, input_shape, write_planes, write_sides
from darkcsp.version import __version__
from darkcsp.weightfile.faults import fault_notices, find_faults
from darkcsp.weightfile.weights import Weights


def build_onnx(
    graph: Graph, weights: Weights, options: ExportOptions | None = None, **changes: Unpack[ExportChanges]
) -> ModelProto:
    """Write a network as an ONNX model in memory, opset 13.

    Args:
        graph: the network.
        weights: arrays of all its layers.
        options: how it is written; the defaults of `ExportOptions` where it is left out.
        changes: single options by name: `build_onnx(graph, weights, head="raw", taps="all")`.

    Returns:
        The model, float32. Recurrent networks have inputs `state_L001_rnn.hidden` and outputs
        `next_state_L001_rnn.hidden` as well.

    Raises:
        ArgumentError: an option has an impossible value, or is one for files: those that matter when a graph is built,
            and `precision`.
        UnsupportedLayerError: a layer has no ONNX form.
        WeightsError: arrays of a layer are missing.
        ModelError: a tap is no layer, or the network's input cannot be uint8.
    """
    wanted = export_options(options, **changes)
    _check_is_of_graph(wanted, graph)
    check_float32(wanted)
    check_count(wanted.names, classes_of(graph), graph.cfg.path)
    model = assemble(model_parts(graph, weights, wanted))
    warn(fault_notices(weights.path, weights.faults if weights.find else find_faults(graph, weights)))
    return model


def _check_is_of_graph(options: ExportOptions, graph: Graph) -> None:
    """Refuse options that matter when a graph is built, and come too late; semantics may be those that it has."""
    late = {
        "size": options.size not in (None, DYNAMIC),
        "strict": options.strict,
        "semantics": options.semantics not in (DEFAULT_SEMANTICS, graph.program.semantics),
        "dialect": options.dialect not in ("auto", graph.program.author.lower()),
        "permissive": options.permissive,
        "limits": options.limits not in (DEFAULT_LIMITS, graph.limits),
    }
    for name in (name for name, is_late in late.items() if is_late):
        value = getattr(options, name)
        raise ArgumentError(name, value, "", f"{name}={value!r}: is an argument of darkcsp.build_graph")


def check_float32(options: ExportOptions) -> None:
    """Raise ArgumentError for a precision that needs calibration or conversion after the model is built."""
    if options.precision != "fp32":
        raise ArgumentError(
            "precision",
            options.precision,
            "fp32",
            f"precision={options.precision!r} is written by darkcsp.precision.convert_precision",
        )


def model_parts(graph: Graph, weights: Weights, options: ExportOptions, passes: Collection[str] | None = None) -> Parts:
    """As `build_onnx`, with the large tensors apart, for `modelfile.writing.write_model`.

    With a precision below float32, this is the float32 model that is converted next. `passes` are names of the
    optimisations to apply instead of those that the options ask for.
    """

    def write(sized: Graph) -> Draft:
        return _write_draft(sized, weights, options)

    draft = open_draft(graph, write) if options.open_size else write(graph)
    draft = apply_passes(draft, chosen_passes(options) if passes is None else passes)
    return _finish(draft, Metadata.of_graph(graph, options))


def _write_draft(graph: Graph, weights: Weights, options: ExportOptions) -> Draft:
    """Write a network's nodes, before any optimisation. Raises what `build_onnx` raises."""
    emit = Emitter()
    if options.open_size:
        emit.sides = write_sides(emit, IMAGES, options.input)
    tapped = range(len(graph.layers)) if options.taps == "all" else sorted(options.taps)
    if tapped and not 0 <= tapped[0] <= tapped[-1] < len(graph.layers):
        raise ModelError(
            graph.cfg.path,
            f"has layers 0 to {len(graph.layers) - 1}; not all of the taps {list(tapped)} are among them",
        )
    shape = input_shape(graph, options.input)
    planes = write_planes(emit, IMAGES, graph.input.c) if options.input == "uint8" else IMAGES
    lowered = Lowering(graph, weights, emit, planes)
    for spec in graph.layers[: _last_needed(graph, options, tapped) + 1]:
        lowered.layer(spec)
    outputs = WRITERS[options.head](lowered, options)
    outputs += [Output(tap_name(index), lowered.buffers[index], tuple(graph.layers[index].output)) for index in tapped]
    outputs += lowered.new_states
    inputs = [_value(Output(IMAGES, IMAGES, shape), options.pictures, ELEMENTS[options.input])]
    inputs += [_value(state, options.pictures) for state in lowered.states]
    return _draft(emit, inputs, outputs, options)


def _finish(draft: Draft, metadata: Metadata) -> Parts:
    """Wrap a draft up as a model."""
    proto = helper.make_graph(draft.nodes, "darkcsp", draft.inputs, draft.outputs, initializer=draft.constants)
    model = helper.make_model(
        proto,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="darkcsp",
        producer_version=__version__,
    )
    helper.set_model_props(model, metadata.to_properties())
    return Parts(model, list(draft.weights))


def _last_needed(graph: Graph, options: ExportOptions, tapped: Sequence[int]) -> int:
    recurrent = [spec.index for spec in graph.layers if spec.states]
    given = graph.raw_outputs if graph.heads or options.head == "raw" else (graph.output.index,)
    return max([*given, *tapped, *recurrent, -1])


def _draft(emit: Emitter, inputs: Sequence[ValueInfoProto], outputs: Sequence[Output], options: ExportOptions) -> Draft:
    """Tie tensors to output names and drop what nobody needs."""
    emit.scope = ""
    for output in outputs:
        if output.tensor != output.name:
            emit.nodes.append(
                helper.make_node("Identity", [output.tensor], [output.name], name=f"output/{output.name}")
            )
    emit.prune(output.name for output in outputs)
    returned = tuple(_value(item, options.pictures) for item in outputs)
    kernels = _kernels(options)
    return Draft(tuple(emit.nodes), tuple(emit.constants), tuple(emit.weights), tuple(inputs), returned, kernels)


def _kernels(options: ExportOptions) -> Kernels:
    """What the target is fast at; int8's kernels want wide groups on every engine."""
    return TARGETS["portable" if options.precision == "int8" else options.target].kernels


def _value(output: Output, batch: int | None, element: int = TensorProto.FLOAT) -> ValueInfoProto:
    front = [BATCH if batch is None else batch] if output.batched else []
    return helper.make_tensor_value_info(output.name, element, [*front, *output.shape])
