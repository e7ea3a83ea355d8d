"""One call that opens any model with any backend."""

from __future__ import annotations

import os

from darkcsp.errors import ModelError, warn
from darkcsp.graph.build import build_graph
from darkcsp.modelfile.metadata import Metadata
from darkcsp.modelfile.reading import OnnxFile, read_onnx_file
from darkcsp.runtimes.backends import BACKENDS, Candidate, candidates, is_installed, open_candidate
from darkcsp.runtimes.choosing import open_fastest
from darkcsp.runtimes.runtime import AUTO, Backend, BackendOrAuto, Runtime
from darkcsp.runtimes.source import DarknetSource, Head, OnnxSource, Source
from darkcsp.weightfile.reader import read_weights

PathLike = str | os.PathLike[str]


def open_runtime(
    model: PathLike | None = None,
    *,
    cfg: PathLike | None = None,
    weights: PathLike | None = None,
    backend: BackendOrAuto = "opencv",
    engine: str = "auto",
    head: Head = "decoded",
    size: tuple[int, int] | None = None,
    threads: int | None = None,
) -> Runtime:
    """Open a model.

    Args:
        model: path of an ONNX file that darkcsp wrote, or else:
        cfg: path of a Darknet network, which is converted in memory, with
        weights: path of its `.weights` file, which must cover every layer.
        backend: "opencv", "onnxruntime", "torch" (cfg and weights alone) or "openvino"; "auto" measures those that are
            installed.
        engine: one of the backend's engines, see `engines_of`; "auto" measures them where there are several. What was
            chosen is kept in the user's cache folder (see `choosing`), is told to the logger "darkcsp", and is
            the runtime's name. Nothing that changes numbers (bf16) or takes minutes to start ("compile") is chosen.
        head: "decoded": one output `detections`, (N, boxes, 5 + classes): cx, cy, w, h relative to the input,
            objectness, class probabilities times objectness. "raw": what each head is given. Networks without heads
            give their last output. An ONNX file has the form it was written with.
        size: (width, height) in place of the cfg's own; an ONNX file has the size it was written with.
        threads: threads to use; None leaves the number to the backend. OpenCV and PyTorch know one number for all of
            their work in the process.

    Raises:
        ModelError: the file is missing, broken or not darkcsp's, or the arguments do not go together.
        CfgError, WeightsError, UnsupportedLayerError: cfg and weights cannot be used.
        MissingBackendError: the backend's library is not installed.
    """
    if backend not in (AUTO, *BACKENDS):
        raise ModelError(f"backend {backend!r}: expected one of {', '.join((AUTO, *BACKENDS))}")
    if backend == AUTO and engine != AUTO:
        raise ModelError(f"engine {engine!r}: say of which backend; backend 'auto' chooses the engine as well")
    if threads is not None and threads < 1:
        raise ModelError(f"threads={threads}: expected 1 or more")
    if model is not None:
        if cfg is not None or weights is not None:
            raise ModelError(f"{os.fspath(model)}: give a model, or cfg and weights, not both")
        if backend == "torch":
            raise ModelError(f"{os.fspath(model)}: the torch backend runs cfg and weights, not ONNX files")
        file = read_onnx_file(model)
        _check_size(file, size)
        return _open(OnnxSource(file), backend, engine, threads)
    if cfg is None or weights is None:
        missing = "a model, or cfg and weights" if cfg is weights else "weights" if weights is None else "cfg"
        raise ModelError(f"{os.fspath(cfg or weights or 'model')}: {missing} must be given")
    graph = build_graph(cfg, size)
    warn(graph.notices)
    arrays = read_weights(weights, graph)
    source = DarknetSource(graph, arrays, os.fspath(cfg), os.fspath(weights), head, size)
    return _open(source, backend, engine, threads)


def _open(source: Source, backend: BackendOrAuto, engine: str, threads: int | None) -> Runtime:
    named: Backend | None = None if backend == "auto" else backend
    if named is not None and engine != AUTO:
        return open_candidate(source, Candidate(named, engine), threads)
    found = candidates(named, source)
    if not found:
        there = ", ".join(name for name in BACKENDS if is_installed(name)) or "none"
        raise ModelError(f"{source.path}: none of the installed backends ({there}) runs ONNX files")
    if len(found) == 1:
        return open_candidate(source, found[0], threads)
    return open_fastest(source, found, threads)


def _check_size(model: OnnxFile, size: tuple[int, int] | None) -> None:
    shape = Metadata.from_properties(model.properties, model.path).input
    if size is not None and size != (shape.w, shape.h):
        raise ModelError(
            f"{model.path}: takes pictures of {shape.w}x{shape.h}, not {size[0]}x{size[1]}; the size of an ONNX file "
            "is set when it is made: darkcsp convert --size"
        )
