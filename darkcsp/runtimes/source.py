"""What is to be opened: an ONNX file, or cfg and weights, in the form that a backend takes."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from darkcsp.errors import ModelError
from darkcsp.graph.graph import Graph
from darkcsp.modelfile.options import ExportOptions
from darkcsp.modelfile.reading import OnnxFile, parse_onnx_file
from darkcsp.modelfile.targets import target_for
from darkcsp.runtimes.runtime import Backend
from darkcsp.weightfile.weights import Weights

Head = Literal["decoded", "raw"]

_CHUNK = 1 << 20


class Source(Protocol):
    """A model that is not open yet.

    Attributes:
        path: for messages.
        arguments: what `open_runtime` must be given to open the same in another process.
        as_modules: whether it can be had as layers, for PyTorch, and not as ONNX alone.
    """

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def arguments(self) -> dict[str, object]: ...  # noqa: D102
    @property
    def as_modules(self) -> bool: ...  # noqa: D102

    def onnx(self, backend: Backend, engine: str) -> OnnxFile:
        """Return it as an ONNX model for a backend and one of its engines. Raises UnsupportedLayerError."""
        ...

    def fingerprint(self) -> str:
        """Return a hash of everything that makes the network what it is. Raises ModelError."""
        ...


@dataclass(frozen=True)
class OnnxSource:
    """An ONNX file; see Source."""

    file: OnnxFile

    @property
    def path(self) -> str:
        """See Source."""
        return self.file.path

    @property
    def arguments(self) -> dict[str, object]:
        """See Source."""
        return {"model": os.path.abspath(self.file.path)}

    @property
    def as_modules(self) -> bool:
        """See Source."""
        return False

    def onnx(self, backend: Backend, engine: str) -> OnnxFile:
        """See Source."""
        return self.file

    def fingerprint(self) -> str:
        """See Source."""
        return _hash([self.file.path])


@dataclass(frozen=True)
class DarknetSource:
    """A network read from cfg and weights; see Source."""

    graph: Graph
    weights: Weights
    cfg_path: str
    weights_path: str
    head: Head
    size: tuple[int, int] | None

    @property
    def path(self) -> str:
        """See Source."""
        return self.graph.cfg.path

    @property
    def arguments(self) -> dict[str, object]:
        """See Source."""
        return {
            "cfg": os.path.abspath(self.cfg_path),
            "weights": os.path.abspath(self.weights_path),
            "head": self.head,
            "size": self.size,
        }

    @property
    def as_modules(self) -> bool:
        """See Source."""
        return True

    def onnx(self, backend: Backend, engine: str) -> OnnxFile:
        """Write the network into memory; ONNX Runtime takes any number of pictures at once, the others one."""
        from darkcsp.modelfile.writing import write_model
        from darkcsp.to_onnx.model import model_parts

        if backend == "torch":
            raise ModelError(f"{self.path}: the torch backend runs cfg and weights, not ONNX")
        batch = None if backend == "onnxruntime" else 1
        options = ExportOptions(head=self.head, batch=batch, target=target_for(backend, engine))
        parts = model_parts(self.graph, self.weights, options)
        file = io.BytesIO()
        write_model(parts, file)
        return parse_onnx_file(file.getvalue(), self.path)

    def fingerprint(self) -> str:
        """See Source."""
        return _hash([self.cfg_path, self.weights_path], f"{self.head} {self.size}")


def _hash(paths: Iterable[str], options: str = "") -> str:
    digest = hashlib.sha256(options.encode())
    for path in paths:
        try:
            with open(path, "rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        except OSError as error:
            raise ModelError(f"{path}: cannot be read: {error.strerror}") from None
    return digest.hexdigest()
