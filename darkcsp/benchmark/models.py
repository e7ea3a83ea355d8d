"""The models to measure: ONNX files, cfgs with or without weights, models of the zoo."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from darkcsp import zoo
from darkcsp.benchmark.onnx_operations import count_operations
from darkcsp.benchmark.random_weights import write_random_weights
from darkcsp.cfg import Cfg, read_cfg
from darkcsp.checkpoint import CHECKPOINTS
from darkcsp.errors import ModelError, WeightsError
from darkcsp.graph.reading import CfgReading, read_graph
from darkcsp.modelfile.reading import read_onnx_file
from darkcsp.spec.program import DEFAULT_SEMANTICS, Semantics

Size = tuple[int, int]


@dataclass(frozen=True)
class Model:
    """A network to measure.

    Attributes:
        name: the name in tables.
        operations: for one picture, counted as Darknet does (2 per multiplication and addition); None if unknown.
        onnx: the ONNX file, if it is one.
        cfg, weights: Darknet's files otherwise.
        random: whether the weights are random.
        reading: how the cfg is read.
        trust: whether the ONNX file is opened without a trial, see `open_runtime`.
    """

    name: str
    operations: float | None = None
    onnx: Path | None = None
    cfg: Path | None = None
    weights: Path | None = None
    random: bool = False
    reading: CfgReading = CfgReading()  # noqa: RUF009  # frozen
    trust: bool = False

    @property
    def size(self) -> Size | None:
        """(width, height) to use instead of the file's own."""
        return self.reading.size

    @property
    def files(self) -> dict[str, Any]:
        """Arguments of `open_runtime` as JSON values, without the limits."""
        found = {"model": self.onnx, "cfg": self.cfg, "weights": self.weights}
        chosen: dict[str, Any] = {key: os.fspath(path) for key, path in found.items() if path is not None}
        if self.trust:
            chosen["trust"] = True
        if self.onnx is None:
            chosen |= {key: getattr(self.reading, key) for key in ("semantics", "dialect", "permissive", "strict")}
        return chosen | ({"size": list(self.size)} if self.size else {})


def find_models(
    arguments: Sequence[str],
    folder: Path,
    reading: CfgReading = CfgReading(),  # noqa: B008  # frozen
    trust: bool = False,
) -> list[Model]:
    """Return the models that arguments name.

    Args:
        arguments: each is an ONNX file, a cfg, the weights of the preceding cfg, or a model of the zoo.
        folder: an empty folder for cfgs of the zoo and random weights.
        reading: how cfgs are read.
        trust: whether ONNX files are opened without a trial.

    Raises:
        ModelError, CfgError, WeightsError, UnknownModelError: a model does not exist or is broken.
    """
    groups: list[list[str]] = []
    for argument in arguments:
        if Path(argument).suffix.lower() not in (".weights", *CHECKPOINTS):
            groups.append([argument])
        elif groups and len(groups[-1]) == 1 and groups[-1][0].lower().endswith(".cfg"):
            groups[-1].append(argument)
        else:
            raise ModelError(argument, "weights must follow their cfg: x.cfg x.weights")
    return [_find(group, folder / str(number), reading, trust) for number, group in enumerate(groups)]


def _find(group: Sequence[str], folder: Path, read: CfgReading, trust: bool) -> Model:
    first = group[0]
    if first.lower().endswith(".onnx"):
        # onnx's shape inference can crash on crafted files just as engines can
        operations = count_operations(first) if read_onnx_file(first).is_sealed or trust else None
        return Model(Path(first).name, operations, onnx=Path(first), reading=read, trust=trust)
    if first.lower().endswith(".cfg"):
        if len(group) > 1 and not Path(group[1]).is_file():
            raise WeightsError(group[1], "cannot be read: there is no such file")
        weights = Path(group[1]) if len(group) > 1 else None
        return _of_cfg(Path(first).stem, read_cfg(first, limits=read.limits), Path(first), weights, folder, read)
    return zoo_model(first, folder, read.size, read.semantics)


def zoo_model(name: str, folder: Path, size: Size | None = None, semantics: Semantics = DEFAULT_SEMANTICS) -> Model:
    """Return a model of the zoo with random weights. Its files go into `folder`, which must not exist yet.

    Raises UnknownModelError if the zoo has no such model.
    """
    if size is not None and size[0] == size[1]:
        cfg, size = zoo.cfg(name, size=size[0]), None  # composed for that size, since some heads fit only one
    else:
        cfg = zoo.cfg(name)
    folder.mkdir()
    path = folder / f"{name}.cfg"
    path.write_bytes(cfg.to_bytes())
    return _of_cfg(name, cfg, path, None, folder, CfgReading(size, semantics))


def _of_cfg(name: str, cfg: Cfg, path: Path, weights: Path | None, folder: Path, read: CfgReading) -> Model:
    graph = read_graph(cfg, read)
    found = Model(name, graph.flops, cfg=path, weights=weights, reading=read)
    if weights is not None:
        return found
    folder.mkdir(exist_ok=True)
    weights = folder / "random.weights"
    try:
        write_random_weights(graph, weights)
    except OSError as error:
        raise ModelError(weights, f"random weights cannot be written: {error.strerror}") from None
    return replace(found, weights=weights, random=True)
