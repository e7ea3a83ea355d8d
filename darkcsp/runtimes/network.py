"""A Runtime that runs a network as a PyTorch module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from darkcsp.arrays import Array
from darkcsp.decode import decode
from darkcsp.errors import ModelError, first_line
from darkcsp.modelfile.metadata import Metadata
from darkcsp.modelfile.names import output_names
from darkcsp.modelfile.options import ExportOptions
from darkcsp.runtimes.in_memory import module_of
from darkcsp.runtimes.runtime import Pixels, checked_batch
from darkcsp.runtimes.source import DarknetSource


class NetworkRuntime:
    """A `Runtime` for a Network, with head "decoded" or "raw"."""

    def __init__(self, name: str, source: DarknetSource, device: str = "cpu") -> None:
        """Build the modules on one of torch's devices. Raises UnsupportedLayerError if a layer has no PyTorch form."""
        graph = source.graph
        self.name, self.path = name, source.path
        self.input_shape = graph.input
        self.metadata = Metadata.of_graph(graph, ExportOptions(head=source.head))
        self.recurrent = graph.is_recurrent
        self.output_names = output_names(graph, source.head)
        self._graph = graph
        self._device = device
        self._network = module_of(source).to(device)
        self._call: Callable[[Any], Any] = self._network
        self._sequences: int | None = None

    def run(self, batch: Pixels) -> list[Array]:
        """See Runtime."""
        given = checked_batch(batch, self.input_shape, self.path)
        if self.recurrent and self._sequences not in (None, len(given)):
            raise ModelError(
                self.path,
                f"carries the state of {self._sequences} sequence(s), not {len(given)}; call reset() to clear it",
            )
        self._sequences = len(given)
        try:
            with torch.inference_mode():
                raw = [tensor.numpy(force=True) for tensor in self._call(torch.from_numpy(given).to(self._device))]
        except RuntimeError as error:
            raise ModelError(self.path, f"PyTorch failed: {first_line(error)}") from error
        if self.metadata.head == "raw":
            return [np.array(array) for array in raw]
        return [self._decoded(raw)]

    def reset(self) -> None:
        """See Runtime."""
        self._network.reset_state()
        self._sequences = None

    def compile(self) -> None:
        """Compile the network and run it once. Raises ModelError if that fails."""
        self._call = torch.compile(self._network)
        try:
            self.run(np.zeros((1, *self.input_shape), np.float32))
        except Exception as error:  # compilers raise their own errors, without a common base class
            raise ModelError(self.path, f"{_why_not_compiled(error)}") from error
        self.reset()

    def _decoded(self, raw: list[Array]) -> Array:
        if self._graph.heads:
            return decode(self._graph, raw)
        output = raw[0]
        return np.array(output.reshape(len(output), -1) if output.shape[2:] == (1, 1) else output)


def _why_not_compiled(error: Exception) -> str:
    """Return the cause of an error from torch.compile."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    if any("InvalidCxxCompiler" in f"{type(item).__name__} {item}" for item in chain):
        return (
            "engine 'compile' needs a C++ compiler, but none was found; install one (g++ or clang++), name it in the "
            "environment variable CXX, or use engine 'eager'"
        )
    return f"PyTorch cannot compile it: {first_line(error)}; use engine 'eager' instead"
