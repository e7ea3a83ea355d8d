"""A network in memory as a source of models: used directly by PyTorch, as an ONNX file by the other backends."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

from darkcsp.errors import ArgumentError
from darkcsp.graph.reading import CfgReading
from darkcsp.graph.resizing import resized
from darkcsp.modelfile.forms import HeadForm
from darkcsp.modelfile.reading import OnnxFile
from darkcsp.modelfile.targets import Target
from darkcsp.runtimes.source import DarknetSource
from darkcsp.to_torch.network import Network
from darkcsp.weightfile.weights import Weights


@dataclass(frozen=True)
class NetworkSource(DarknetSource):
    """A Network with its current parameters; see ModelSource. Only PyTorch can run one whose layers were replaced."""

    network: Network

    @cached_property
    def _file(self) -> str:
        """A file from which other processes can read the network, for as long as this object exists."""
        folder = tempfile.mkdtemp()
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        path = os.path.join(folder, "network.pt")
        torch.save(self.network, path)
        return path

    @property
    def arguments(self) -> dict[str, Any]:
        """See ModelSource."""
        size = [self.graph.input.w, self.graph.input.h]
        return {"network": self._file, "head": self.head, "size": size}

    @contextmanager
    def onnx(self, target: Target, batch: int | None) -> Iterator[OnnxFile]:
        """See ModelSource."""
        weights = self.network.weights()
        with DarknetSource(self.graph, weights, "", "", self.head, self.reading).onnx(target, batch) as file:
            yield file

    def fingerprint(self) -> str:
        """See ModelSource."""
        digest = hashlib.sha256(f"{self.graph.cfg.sha256} {self.graph.input} {self.head} {self.network}".encode())
        for name, tensor in self.network.state_dict().items():
            digest.update(name.encode())
            digest.update(tensor.detach().to("cpu", torch.float32).contiguous().numpy())
        return digest.hexdigest()


def network_source(network: Network, head: HeadForm, reading: CfgReading) -> NetworkSource:
    """Return a network as a source. Raises ArgumentError if it conflicts with `reading`."""
    graph = dataclasses.replace(network.graph, notices=())  # already reported when it was built
    program, default = graph.program, CfgReading()
    for name, own in (("semantics", program.semantics), ("dialect", program.author.lower())):
        if getattr(reading, name) not in (getattr(default, name), own):
            message = f"{graph.cfg.path}: the network was built with {name}={own!r}; build it again to change that"
            raise ArgumentError(name, getattr(reading, name), own, message)
    if reading.size is not None:
        graph = dataclasses.replace(resized(graph, reading.size), notices=())
    return NetworkSource(graph, Weights({}, path=graph.cfg.path), "", "", head, reading, network)


def read_network(arguments: Mapping[str, Any]) -> NetworkSource:
    """Read the network that another process's `NetworkSource.arguments` name; that process has just written it."""
    network = torch.load(arguments["network"], weights_only=False)
    return network_source(network, arguments["head"], CfgReading(tuple(arguments["size"])))


def module_of(source: DarknetSource) -> Network:
    """Return a source's network for evaluation in float32 on the CPU, with its own copy of the parameters."""
    if not isinstance(source, NetworkSource):
        return Network(source.graph, source.weights).eval()
    network = copy.deepcopy(source.network)
    network.reset_state()
    return network.to("cpu", torch.float32).eval()
