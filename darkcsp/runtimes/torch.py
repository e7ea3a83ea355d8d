"""The network as a PyTorch module, on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from darkcsp.errors import MissingBackendError, ModelError, WeightsError
from darkcsp.graph.graph import Graph
from darkcsp.runtimes.metadata import Metadata
from darkcsp.runtimes.runtime import Array, Runtime, checked_batch, checked_engine, first_line
from darkcsp.weightfile.weights import Weights

_ENGINES = ("eager", "compile")


def engines() -> tuple[str, ...]:
    """Return "eager" and "compile", which is `torch.compile`. Raises MissingBackendError without PyTorch."""
    _import()
    return _ENGINES


def open_torch(
    graph: Graph, weights: Weights, head: str = "decoded", engine: str = "eager", threads: int | None = None
) -> Runtime:
    """Build the modules of a graph.

    Args:
        graph: the network.
        weights: arrays of all its layers.
        head: "decoded" or "raw".
        engine: "eager", or "compile": the network becomes C++ that is compiled here and now, which takes up to minutes
            and needs a C++ compiler. Other numbers of pictures than one are compiled when they first come.
        threads: threads of all of PyTorch's work in this process; None leaves them as they are.

    Raises:
        MissingBackendError: PyTorch is not installed.
        ModelError: there is no such engine, or the network cannot be compiled.
        UnsupportedLayerError: a layer has no PyTorch form.
        WeightsError: arrays of a layer are missing.
    """
    torch = _import()
    checked_engine(engine, _ENGINES, f"PyTorch {torch.__version__}")
    if weights.is_partial:
        raise WeightsError(
            f"{weights.path}: covers {len(weights)} of {weights.layers_total} layers, a model needs all of them"
        )
    if threads is not None:
        torch.set_num_threads(threads)
    runtime = _TorchRuntime(graph, weights, head)
    if engine == "compile":
        runtime.compile()
    return runtime


class _TorchRuntime:
    """A Runtime (see there) over a Network."""

    def __init__(self, graph: Graph, weights: Weights, head: str) -> None:
        from darkcsp.to_torch.network import Network

        self.name, self.path = "torch/eager", graph.cfg.path
        self.input_shape = graph.input
        self.metadata = Metadata.from_graph(graph, head)
        self.recurrent = graph.is_recurrent
        self.output_names = _output_names(graph, head)
        self._graph = graph
        self._network = Network(graph, weights).eval()
        self._call: Callable[[Any], Any] = self._network
        self._sequences: int | None = None

    def run(self, batch: Array) -> list[Array]:
        """See Runtime."""
        import torch

        batch = checked_batch(batch, self.input_shape, self.path)
        if self.recurrent and self._sequences not in (None, len(batch)):
            raise ModelError(
                f"{self.path}: carries the state of {self._sequences} sequence(s), not of {len(batch)}; "
                "reset() forgets it"
            )
        self._sequences = len(batch)
        try:
            with torch.inference_mode():
                raw = [tensor.numpy() for tensor in self._call(torch.from_numpy(batch))]
        except RuntimeError as error:
            raise ModelError(f"{self.path}: PyTorch fails: {first_line(error)}") from error
        if self.metadata.head == "raw":
            return [np.array(array) for array in raw]
        return [self._decoded(raw)]

    def reset(self) -> None:
        """See Runtime."""
        self._network.reset_state()
        self._sequences = None

    def compile(self) -> None:
        """Compile the network, with one run. Raises ModelError where that fails."""
        import torch

        self.name, self._call = "torch/compile", torch.compile(self._network)
        try:
            self.run(np.zeros((1, *self.input_shape), np.float32))
        except Exception as error:  # what compiles has errors of its own, without a common base
            raise ModelError(f"{self.path}: {_why_not_compiled(error)}") from error
        self.reset()

    def _decoded(self, raw: list[Array]) -> Array:
        if self._graph.heads:
            from darkcsp.decode import decode

            return decode(self._graph, raw)
        output = raw[0]
        return np.array(output.reshape(len(output), -1) if output.shape[2:] == (1, 1) else output)


def _why_not_compiled(error: Exception) -> str:
    """Say what stands behind an error of torch.compile."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    if any("InvalidCxxCompiler" in f"{type(item).__name__} {item}" for item in chain):
        return (
            "engine 'compile' needs a C++ compiler, and none is found; install one (g++ or clang++), name it in the "
            "environment variable CXX, or use engine 'eager'"
        )
    return f"PyTorch cannot compile it: {first_line(error)}; engine 'eager' does without"


def _import() -> Any:
    try:
        import torch
    except ImportError:
        raise MissingBackendError("torch", "torch") from None
    return torch


def _output_names(graph: Graph, head: str) -> tuple[str, ...]:
    """The names that the same network has as an ONNX model."""
    if head == "raw":
        return tuple(graph.layers[index].label if index >= 0 else "input" for index in graph.raw_outputs)
    if graph.heads:
        return ("detections",)
    return (graph.output.output_name,)
