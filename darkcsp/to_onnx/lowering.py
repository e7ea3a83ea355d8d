"""Layers to nodes in order, and the tensors that they leave: buffers, what is handed down, state."""

from __future__ import annotations

from typing import NamedTuple

from darkcsp.errors import WeightsError
from darkcsp.graph.graph import Graph
from darkcsp.modelfile.names import IMAGES, next_state_name, state_name
from darkcsp.spec.spec import Spec
from darkcsp.to_onnx.emitter import Emitter
from darkcsp.to_onnx.registry import lower
from darkcsp.weightfile.weights import Blobs, Weights


class Output(NamedTuple):
    """A graph output: the tensor behind it, its dimensions behind the batch, and whether there is one for the batch.

    A dimension that is open has a name.
    """

    name: str
    tensor: str
    shape: tuple[int | str, ...]
    batched: bool = True


class Lowering:
    """The tensors of the layers lowered so far."""

    def __init__(self, graph: Graph, weights: Weights, emit: Emitter, given: str = IMAGES) -> None:
        self.graph, self.weights, self.emit = graph, weights, emit
        self.given = given
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
        states = [state_name(spec, state) for state in spec.states]
        made = lower(spec, self._blobs(spec), self.emit, *sources, *states)
        if self.emit.rename(made.handed, spec.label):
            carried = tuple(spec.label if tensor == made.handed else tensor for tensor in made.states)
            made = made._replace(handed=spec.label, states=carried)
        for state, name, tensor in zip(spec.states, states, made.states, strict=True):
            self.states.append(Output(name, name, tuple(state.shape)))
            self.new_states.append(Output(next_state_name(name), tensor, tuple(state.shape)))
        self.handed[spec.index] = made.handed
        self.buffers[spec.index] = made.handed if made.buffer is None else made.buffer

    def _blobs(self, spec: Spec) -> Blobs:
        if not spec.blobs:
            return {}
        if spec.parameters_of not in self.weights:
            raise WeightsError(
                self.weights.path,
                f"has no parameters for layer {spec.index} ({spec.place}); it covers "
                f"{len(self.weights)} of {self.weights.layers_total} layers, a model needs all of them",
            )
        return self.weights[spec.parameters_of]
