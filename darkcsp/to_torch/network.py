"""A whole network as one nn.Module."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from darkcsp.arrays import Array
from darkcsp.checkpoint.names import parameters
from darkcsp.description import Described
from darkcsp.errors import Notice, Place, WeightsError, warn
from darkcsp.graph.graph import Graph
from darkcsp.spec.spec import Spec
from darkcsp.to_torch.registry import LayerModule, LayerResult, build_module
from darkcsp.weightfile.header import Header
from darkcsp.weightfile.weights import Blobs, Weights
from darkcsp.weightfile.writer import write_weights

State = Mapping[str, Tensor]
"""Tensors that recurrent layers carry on, by name: `L001_rnn.hidden`, (N, c, h, w)."""


class LayerOutputs(dict[int, Tensor]):
    """{layer number: (N, c, h, w) tensor}; `state` is what recurrent layers carry on, {} without any."""

    state: State = {}


class Network(Described, nn.Module):
    """A Darknet network as an ordinary module: trains, moves, saves a state_dict with readable names.

    `layers` holds one module per section, named L000_convolutional and so on.

    Attributes:
        graph: what it was built from.
        header: header for `save_weights`.
        state: what recurrent layers carry from one forward call to the next; None starts afresh.
    """

    def __init__(self, graph: Graph, weights: Weights | None = None) -> None:
        """Build the modules; layers that `weights` does not cover start at random.

        Raises UnsupportedLayerError for a layer that has no module.
        """
        super().__init__()
        self.graph = graph
        self.header = weights.header if weights is not None else Header()
        self.layers = nn.ModuleDict({spec.label: build_module(spec) for spec in graph.layers})
        self.state: State | None = None
        self._modules_in_order = [self.module(spec.index) for spec in graph.layers]
        for spec in graph.layers:
            if spec.parameters_of != spec.index:
                self.module(spec.index).share(self.module(spec.parameters_of))
            elif weights is None or spec.index not in weights:
                self.module(spec.index).reset_parameters()
            else:
                _fill(self.module(spec.index), weights[spec.index])

    def module(self, index: int) -> LayerModule:
        """Return the module of a layer by its number."""
        module = self.layers[self.graph.layers[index].label]
        assert isinstance(module, LayerModule)
        return module

    def forward(self, batch: Tensor) -> list[Tensor]:
        """Run the network.

        Args:
            batch: (N, C, H, W) float32, RGB, 0..1 (or (N, inputs) where the cfg gives `inputs`).

        Returns:
            What each detection head is given, (N, boxes * values, h, w), in the cfg's order; without heads, a list of
            the last output, (N, c, h, w). A recurrent network carries its state on to the next call; `reset_state`
            forgets it.
        """
        wanted = self.graph.raw_outputs
        outputs, handed = self._run(batch, self.state, keep=frozenset(wanted))
        if self.graph.is_recurrent:
            self.state = {name: tensor.detach() for name, tensor in outputs.state.items()}
        return [handed[index] for index in wanted]

    def layer_outputs(self, batch: Tensor, state: State | None = None) -> LayerOutputs:
        """Run every layer and keep every output as Darknet leaves it.

        Args:
            batch: as for `forward`.
            state: what recurrent layers carry on; None starts at zero. The state afterwards is the result's `state`.

        Returns:
            {layer number: (N, c, h, w)}.
        """
        outputs, _ = self._run(batch, state, keep=frozenset(range(len(self.graph.layers))), every=True)
        return outputs

    def reset_state(self) -> None:
        """Forget what recurrent layers carried on."""
        self.state = None

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Write the parameters in Darknet's format.

        Those that the format has no place for are named in a CfgWarning; a checkpoint has them, see `state_dict`.

        Raises WeightsError where the file cannot be written.
        """
        arrays: dict[int, Blobs] = {}
        for spec in self.graph.layers:
            if spec.stored:
                blobs = self.module(spec.index).blobs()
                arrays[spec.index] = {name: _to_numpy(tensor) for name, tensor in blobs.items()}
        write_weights(path, Weights(arrays, self.header, os.fspath(path), len(arrays)), self.graph)
        lost = [spec.label for spec in self.graph.layers if spec.initial_values and not spec.stored]
        if lost:
            message = (
                f"holds nothing for {', '.join(lost)}, as .weights files have no place for them; "
                "torch.save(network.checkpoint(), 'x.pt') keeps them"
            )
            warn([Notice(Place(os.fspath(path)), message)])

    def checkpoint(self) -> dict[str, Tensor]:
        """Return the parameters by WongKinYiu's names, as `darkcsp.load` reads them from a `.pt` file.

        Raises WeightsError for a network that is not of his programs.
        """
        if not self.graph.files.has_checkpoints:
            raise WeightsError(self.graph.cfg.path, "is a network of Darknet's, whose parameters save_weights writes")
        found = {}
        for layer, blob, name, shape in parameters(self.graph):
            found[name] = self.module(layer).blobs()[blob.name].detach().reshape(shape)
        return found

    def _facts(self) -> dict[str, object]:
        """What the modules are now; `print(net.layers)` shows each of them."""
        sizes = [(tensor.numel(), tensor.requires_grad) for tensor in self.parameters()]
        first = next(self.parameters(), None)
        return {
            "cfg": self.graph.cfg.path,
            "input": tuple(self.graph.input),
            "layers": len(self.layers),
            "heads": [head.label for head in self.graph.heads],
            "parameters": sum(size for size, _ in sizes),
            "trainable": sum(size for size, trains in sizes if trains),
            **({} if first is None else {"dtype": str(first.dtype), "device": str(first.device)}),
        }

    def _run(
        self, batch: Tensor, state: State | None, keep: frozenset[int], every: bool = False
    ) -> tuple[LayerOutputs, dict[int, Tensor]]:
        """Run the layers that `keep` depends on; return buffers and handed-down tensors that are in `keep`."""
        needed = range(len(self.graph.layers)) if every else _ancestors(self.graph, keep)
        last_use = _last_uses(self.graph, needed)
        given = self._check_input(batch)
        buffers, handed = LayerOutputs(), {-1: given}
        new_state: dict[str, Tensor] = {}
        for index in needed:
            spec, module = self.graph.layers[index], self._modules_in_order[index]
            sources, states = _gather(spec, buffers, handed, given), _state_of(spec, state, given)
            result: Tensor | LayerResult = module(*sources, *states)
            if not isinstance(result, LayerResult):
                result = LayerResult(result)
            handed[index] = result.handed
            buffers[index] = result.handed if result.buffer is None else result.buffer
            for item, tensor in zip(spec.states, result.states, strict=True):
                new_state[f"{spec.label}.{item.name}"] = tensor
            for source in {*spec.sources, index}:
                if last_use.get(source, -1) <= index and source not in keep and source >= 0:
                    del buffers[source], handed[source]
        buffers.state = new_state
        return buffers, handed

    def _check_input(self, batch: Tensor) -> Tensor:
        c, h, w = self.graph.input
        if batch.ndim == 2 and (h, w) == (1, 1):
            batch = batch[:, :, None, None]
        if batch.ndim != 4 or batch.shape[1] != c:
            raise ValueError(f"the network takes (N, {c}, {h}, {w}), not {tuple(batch.shape)}")
        return batch


def _gather(spec: Spec, buffers: Mapping[int, Tensor], handed: Mapping[int, Tensor], given: Tensor) -> Sequence[Tensor]:
    """The tensors of a spec's sources: buffers, but for a first source that is the layer above."""
    tensors = [given if source < 0 else buffers[source] for source in spec.sources]
    if tensors and not spec.reads_buffers:
        tensors[0] = handed[spec.sources[0]]
    return tensors


def _state_of(spec: Spec, state: State | None, like: Tensor) -> list[Tensor]:
    if state:
        return [state[f"{spec.label}.{item.name}"] for item in spec.states]
    return [like.new_zeros(like.shape[0], *item.shape) for item in spec.states]


def _ancestors(graph: Graph, wanted: frozenset[int]) -> Sequence[int]:
    """The layers that the wanted ones depend on, themselves included, in order."""
    found: set[int] = set()
    open_ends = [index for index in wanted if index >= 0]
    while open_ends:
        index = open_ends.pop()
        if index not in found:
            found.add(index)
            open_ends += [source for source in graph.layers[index].sources if source >= 0]
    return sorted(found)


def _last_uses(graph: Graph, needed: Sequence[int]) -> dict[int, int]:
    return {source: index for index in needed for source in graph.layers[index].sources}


def _fill(module: LayerModule, arrays: Blobs) -> None:
    """Copy arrays into a module's tensors, each once."""
    with torch.no_grad():
        for name, tensor in module.blobs().items():
            np.copyto(tensor.detach().numpy(), arrays[name])


def _to_numpy(tensor: Tensor) -> Array:
    return tensor.detach().to("cpu", torch.float32).numpy()
