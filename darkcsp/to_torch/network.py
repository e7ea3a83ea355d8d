"""A whole network as one nn.Module."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn

from darkcsp.checkpoint.names import parameters
from darkcsp.description import Described
from darkcsp.errors import ArgumentError, Notice, Place, WeightsError, warn
from darkcsp.graph.graph import Graph
from darkcsp.graph.resizing import resized
from darkcsp.spec.spec import Spec
from darkcsp.to_torch.decoded import DecodedNetwork
from darkcsp.to_torch.pruning import apply_masks
from darkcsp.to_torch.reading_back import read_back
from darkcsp.to_torch.registry import LayerModule, LayerResult, build_module
from darkcsp.to_torch.tracing import is_traced
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
        self._wanted = graph.raw_outputs  # torch's compiler cannot take the lock of a cached property
        self._sizes = {(graph.input.w, graph.input.h)}  # at which it is known to run
        for spec in graph.layers:
            if spec.parameters_of != spec.index:
                self.module(spec.index).share(self.module(spec.parameters_of))
            elif weights is None or spec.index not in weights:
                self.module(spec.index).reset_parameters()
            else:
                _fill(self.module(spec.index), weights[spec.index])

    def module(self, index: int) -> LayerModule:
        """Return the module of a layer by its number.

        Raises ArgumentError where a module of another kind has taken its place in `layers`.
        """
        label = self.graph.layers[index].label
        module = self.layers[label]
        if not isinstance(module, LayerModule):
            message = (
                f"module({index}): layers[{label!r}] was replaced by a {type(module).__name__}; take it from there"
            )
            raise ArgumentError("index", index, "a layer that is still the cfg's", message)
        return module

    def __getstate__(self) -> dict[str, Any]:
        """What copies and pickles hold; pruned weights are settled first, which neither could take otherwise."""
        apply_masks(self)
        return dict(self.__dict__)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Move or convert the state with the parameters."""
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        if self.state is not None:
            self.state = {name: fn(tensor) for name, tensor in self.state.items()}
        return self

    def forward(self, batch: Tensor) -> list[Tensor]:
        """Run the network.

        Args:
            batch: (N, C, H, W), RGB, 0..1, of the parameters' type, float32 as a rule (or (N, inputs) where the cfg
                gives `inputs`). Height and width may be others than the cfg's wherever the layers fit together:
                as a rule multiples of the largest stride, and not in networks with [connected] or [local].

        Returns:
            What each detection head is given, (N, boxes * values, h, w), in the cfg's order; without heads, a list of
            the last output, (N, c, h, w). A recurrent network carries its state on to the next call; `reset_state`
            forgets it.

        Raises:
            ArgumentError: the batch has another rank, channel number or type, or the network cannot run at its size;
                or the state that is carried belongs to a batch of another shape.
        """
        wanted = self._wanted
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

        Raises:
            ArgumentError: the batch or the state does not fit, see `forward`.
        """
        outputs, _ = self._run(batch, state, keep=frozenset(range(len(self.graph.layers))), every=True)
        return outputs

    def decoded(self) -> DecodedNetwork:
        """Return a module that gives boxes, (N, boxes, 5 + classes), as the ONNX file of head "decoded" does.

        It holds this network, not a copy, and goes through torch.export, torch.compile and torch.jit.trace.

        Raises:
            ModelError: the heads differ in their number of classes.
            UnsupportedLayerError: a tree of classes is needed whose file was not found.
        """
        return DecodedNetwork(self)

    def reset_state(self) -> None:
        """Forget what recurrent layers carried on."""
        self.state = None

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Write the parameters in Darknet's format.

        Those that the format has no place for are named in a CfgWarning; a checkpoint has them, see `state_dict`.

        Raises WeightsError where the file cannot be written, and by name where a module of `layers` is not the one that
        the cfg describes any more: what the file holds would be another network.
        """
        write_weights(path, self.weights(os.fspath(path)), self.graph)
        lost = [spec.label for spec in self.graph.layers if spec.initial_values and not spec.stored]
        if lost:
            message = (
                f"holds nothing for {', '.join(lost)}, as .weights files have no place for them; "
                "torch.save(network.checkpoint(), 'x.pt') keeps them"
            )
            warn([Notice(Place(os.fspath(path)), message)])

    def weights(self, path: str = "") -> Weights:
        """Return the parameters as they are now, by Darknet's names, as `build_onnx` takes them.

        Arrays share memory with parameters that are float32 on the CPU. `path` is what errors are about, the cfg where
        it is left out. Raises WeightsError where a module of `layers` is not the one that the cfg describes any more.
        """
        name = path or self.graph.cfg.path
        arrays = read_back(self.graph, self.layers, name)
        return Weights(arrays, self.header, name, len(arrays))

    def checkpoint(self) -> dict[str, Tensor]:
        """Return the parameters by WongKinYiu's names, as `darkcsp.load` reads them from a `.pt` file.

        Raises WeightsError for a network that is not of his programs.
        """
        if not self.graph.files.has_checkpoints:
            raise WeightsError(self.graph.cfg.path, "is a network of Darknet's, whose parameters save_weights writes")
        arrays = self.weights()
        return {
            name: torch.from_numpy(np.array(arrays[layer][blob.name])).reshape(shape)
            for layer, blob, name, shape in parameters(self.graph)
        }

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
            spec = self.graph.layers[index]
            sources = _gather(spec, buffers, handed, given)
            states = _states_of(spec, state, given, sources[0]) if spec.states else []
            result: Tensor | LayerResult = self.layers[spec.label](*sources, *states)
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
        if is_traced():  # which cannot ask for numbers
            return batch
        if batch.ndim != 4 or batch.shape[1] != c:
            shape = tuple(batch.shape)
            message = f"{self.graph.cfg.path}: takes batches of shape (N, {c}, {h}, {w}), not {shape}"
            raise ArgumentError("batch", shape, f"(N, {c}, {h}, {w})", message)
        self._check_type(batch)
        if not torch.compiler.is_compiling():
            size = (batch.shape[3], batch.shape[2])
            if size not in self._sizes:
                resized(self.graph, size, "batch")
                self._sizes.add(size)
        return batch

    def _check_type(self, batch: Tensor) -> None:
        own = next(self.parameters(), batch).dtype
        if batch.dtype == own or (batch.is_floating_point() and torch.is_autocast_enabled(batch.device.type)):
            return
        remedy = "use batch.to(dtype), or network.to(dtype)"
        if not batch.is_floating_point():
            remedy = "pictures are RGB from 0 to 1: batch.float() / 255"
        message = (
            f"{self.graph.cfg.path}: takes batches of {own}, the type of its parameters, not {batch.dtype}; {remedy}"
        )
        raise ArgumentError("batch", str(batch.dtype), str(own), message)


def _gather(spec: Spec, buffers: Mapping[int, Tensor], handed: Mapping[int, Tensor], given: Tensor) -> Sequence[Tensor]:
    """The tensors of a spec's sources: buffers, but for a first source that is the layer above."""
    tensors = [given if source < 0 else buffers[source] for source in spec.sources]
    if tensors and not spec.reads_buffers:
        tensors[0] = handed[spec.sources[0]]
    return tensors


def _states_of(spec: Spec, state: State | None, batch: Tensor, source: Tensor) -> list[Tensor]:
    """The states of a layer, zeros at the beginning; those over pictures have the height and width of its source."""
    own = (spec.input.h, spec.input.w)
    found = []
    for item in spec.states:
        c, *sides = item.shape
        shape = (batch.shape[0], c, *(source.shape[2:] if tuple(sides) == own else sides))
        name = f"{spec.label}.{item.name}"
        tensor = state[name] if state else batch.new_zeros(shape)
        if state and not is_traced() and tuple(tensor.shape) != shape:
            message = f"the state {name} that is carried has shape {tuple(tensor.shape)}; this batch needs {shape}: "
            raise ArgumentError(
                "state", tuple(tensor.shape), str(shape), f"{message}call reset_state() between sequences"
            )
        found.append(tensor)
    return found


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
