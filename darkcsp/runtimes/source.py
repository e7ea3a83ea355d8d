"""Sources of models, an ONNX file or cfg and weights, in the forms that backends take."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from darkcsp.checkpoint.reading import read_parameters
from darkcsp.errors import ModelError
from darkcsp.graph.graph import Graph
from darkcsp.graph.reading import CfgReading, read_graph
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.modelfile.forms import HeadForm
from darkcsp.modelfile.metadata import Metadata
from darkcsp.modelfile.options import ExportOptions
from darkcsp.modelfile.properties import with_size
from darkcsp.modelfile.reading import OnnxFile, read_onnx_file
from darkcsp.modelfile.targets import Target
from darkcsp.weightfile.weights import Weights

PathLike = str | os.PathLike[str]

_CHUNK = 1 << 20


class ModelSource(Protocol):
    """A model that is not open yet.

    Attributes:
        path: name in messages.
        arguments: arguments for `read_source` to read the same model in another process, as JSON values.
        is_trusted: whether engines may open it without a trial in another process.
        metadata: its metadata, or that of the ONNX file it will become.
        intensity: see `Graph.intensity`; None for a file, which is already written.
        target: the target that a file was written for; None for cfg and weights.
    """

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def arguments(self) -> dict[str, Any]: ...  # noqa: D102
    @property
    def is_trusted(self) -> bool: ...  # noqa: D102
    @property
    def metadata(self) -> Metadata: ...  # noqa: D102
    @property
    def intensity(self) -> float | None: ...  # noqa: D102
    @property
    def target(self) -> Target | None: ...  # noqa: D102

    def onnx(self, target: Target, batch: int | None) -> AbstractContextManager[OnnxFile]:
        """Yield the model as an ONNX file; cfg and weights are converted for a target and a batch.

        The file may be gone when the block ends. Raises UnsupportedLayerError, WeightsError, ModelError.
        """
        ...

    def fingerprint(self) -> str:
        """Return a hash of everything that defines the network. Raises ModelError."""
        ...


@dataclass(frozen=True)
class OnnxSource:
    """An ONNX file, whether the caller trusts it, and the size to open a file of any size at; see ModelSource."""

    file: OnnxFile
    trust: bool = False
    size: tuple[int, int] | None = None

    @property
    def path(self) -> str:
        """See ModelSource."""
        return self.file.path

    @property
    def arguments(self) -> dict[str, Any]:
        """See ModelSource."""
        found: dict[str, Any] = {"model": os.path.abspath(self.file.path)}
        return found if self.size is None else {**found, "size": self.size}

    @property
    def is_trusted(self) -> bool:
        """See ModelSource: true if it is as darkcsp wrote it, or if the caller trusts it."""
        return self.trust or self.file.is_sealed

    @property
    def metadata(self) -> Metadata:
        """See ModelSource. Raises ModelError if there is none."""
        return Metadata.from_properties(self.file.properties, self.path)

    intensity = None

    @property
    def target(self) -> Target:
        """See ModelSource."""
        return self.metadata.target

    def onnx(self, target: Target, batch: int | None) -> AbstractContextManager[OnnxFile]:
        """See ModelSource."""
        if self.size is None:
            return contextlib.nullcontext(self.file)
        properties = with_size(self.file.properties, self.size)
        return contextlib.nullcontext(dataclasses.replace(self.file, properties=properties))

    def fingerprint(self) -> str:
        """See ModelSource."""
        return _hash([self.file.path], "" if self.size is None else str(self.size))


@dataclass(frozen=True)
class DarknetSource:
    """A network read from cfg and weights; see ModelSource."""

    graph: Graph
    weights: Weights
    cfg_path: str
    weights_path: str
    head: HeadForm
    reading: CfgReading

    @property
    def path(self) -> str:
        """See ModelSource."""
        return self.graph.cfg.path

    @property
    def arguments(self) -> dict[str, Any]:
        """See ModelSource."""
        return {
            "cfg": os.path.abspath(self.cfg_path),
            "weights": os.path.abspath(self.weights_path),
            "head": self.head,
            **self.reading._asdict(),
            "limits": dataclasses.asdict(self.reading.limits),
        }

    @property
    def is_trusted(self) -> bool:
        """See ModelSource: its ONNX form is darkcsp's own."""
        return True

    @property
    def metadata(self) -> Metadata:
        """See ModelSource."""
        return Metadata.of_graph(self.graph, ExportOptions(head=self.head))

    @property
    def intensity(self) -> float:
        """See ModelSource."""
        return self.graph.intensity

    target = None

    @contextlib.contextmanager
    def onnx(self, target: Target, batch: int | None) -> Iterator[OnnxFile]:
        """See ModelSource."""
        from darkcsp.modelfile.writing import describe, write_model
        from darkcsp.to_onnx.model import model_parts

        options = ExportOptions(head=self.head, batch=batch, target=target)
        parts = model_parts(self.graph, self.weights, options)
        with contextlib.ExitStack() as stack:
            try:
                # Windows does not delete a file that an engine still maps.
                folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
                file = Path(folder, "model.onnx")
                with file.open("wb") as stream:
                    write_model(parts, stream)
            except OSError as error:
                raise ModelError(
                    self.path,
                    f"its ONNX form cannot be written to a temporary file: {error.strerror}; set the "
                    "environment variable TMPDIR to use another folder",
                ) from None
            yield describe(parts, self.path, str(file))

    def fingerprint(self) -> str:
        """See ModelSource."""
        reading = self.reading._replace(strict=False, limits=DEFAULT_LIMITS)  # they do not change the network
        return _hash([self.cfg_path, self.weights_path], f"{self.head} {reading}")


def read_darknet(cfg: PathLike, weights: PathLike, head: HeadForm, reading: CfgReading) -> DarknetSource:
    """Read cfg and weights.

    Raises CfgError, LimitError, WeightsError, and ArgumentError for invalid options.
    """
    graph = read_graph(cfg, reading)
    arrays = read_parameters(weights, graph, reading.strict)
    return DarknetSource(graph, arrays, os.fspath(cfg), os.fspath(weights), head, reading)


def read_source(arguments: Mapping[str, Any]) -> ModelSource:
    """Read a model from another process's `ModelSource.arguments`. Raises ModelError, CfgError, WeightsError."""
    if "network" in arguments:
        from darkcsp.runtimes.in_memory import read_network

        return read_network(arguments)
    if "model" in arguments:
        size = tuple(arguments["size"]) if "size" in arguments else None
        return OnnxSource(read_onnx_file(arguments["model"]), size=size)
    ways = {key: arguments[key] for key in CfgReading._fields}
    asked = tuple(ways["size"]) if ways["size"] else None
    reading = CfgReading(**{**ways, "size": asked, "limits": Limits(**ways["limits"])})
    return read_darknet(arguments["cfg"], arguments["weights"], arguments["head"], reading)


def _hash(paths: Iterable[str], options: str = "") -> str:
    digest = hashlib.sha256(options.encode())
    for path in paths:
        try:
            with open(path, "rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        except OSError as error:
            raise ModelError(path, f"cannot be read: {error.strerror}") from None
    return digest.hexdigest()
