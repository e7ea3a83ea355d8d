"""One call that opens any model with any backend."""

from __future__ import annotations

import io
import os
from typing import Literal, get_args

from darkcsp.errors import ModelError, warn
from darkcsp.graph.build import build_graph
from darkcsp.graph.graph import Graph
from darkcsp.runtimes.metadata import Metadata
from darkcsp.runtimes.onnx_file import OnnxFile, parse_onnx_file, read_onnx_file
from darkcsp.runtimes.runtime import Backend, Runtime
from darkcsp.weightfile.reader import read_weights
from darkcsp.weightfile.weights import Weights

PathLike = str | os.PathLike[str]
Head = Literal["decoded", "raw"]


def open_runtime(
    model: PathLike | None = None,
    *,
    cfg: PathLike | None = None,
    weights: PathLike | None = None,
    backend: Backend = "opencv",
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
        backend: "opencv", "onnxruntime", "torch" (cfg and weights alone) or "openvino".
        engine: with OpenCV 5, which of its engines: "auto", "classic", "new" or what else it offers.
        head: "decoded": one output `detections`, (N, boxes, 5 + classes): cx, cy, w, h relative to the input,
            objectness, class probabilities times objectness. "raw": what each head is given. Networks without heads
            give their last output. An ONNX file has the form it was written with.
        size: (width, height) in place of the cfg's own; an ONNX file has the size it was written with.
        threads: threads to use; None leaves the number to the backend.

    Raises:
        ModelError: the file is missing, broken or not darkcsp's, or the arguments do not go together.
        CfgError, WeightsError, UnsupportedLayerError: cfg and weights cannot be used.
        MissingBackendError: the backend's library is not installed.
    """
    if backend not in get_args(Backend):
        raise ModelError(f"backend {backend!r}: expected one of {', '.join(get_args(Backend))}")
    if engine != "auto" and backend != "opencv":
        raise ModelError(f"engine {engine!r}: only the opencv backend has engines, not {backend}")
    if threads is not None and threads < 1:
        raise ModelError(f"threads={threads}: expected 1 or more")
    if model is not None:
        if cfg is not None or weights is not None:
            raise ModelError(f"{os.fspath(model)}: give a model, or cfg and weights, not both")
        if backend == "torch":
            raise ModelError(f"{os.fspath(model)}: the torch backend runs cfg and weights, not ONNX files")
        file = read_onnx_file(model)
        _check_size(file, size)
        return _open_onnx(file, backend, engine, threads)
    if cfg is None or weights is None:
        missing = "a model, or cfg and weights" if cfg is weights else "weights" if weights is None else "cfg"
        raise ModelError(f"{os.fspath(cfg or weights or 'model')}: {missing} must be given")
    graph = build_graph(cfg, size)
    warn(graph.notices)
    arrays = read_weights(weights, graph)
    if backend == "torch":
        from darkcsp.runtimes.torch import open_torch

        return open_torch(graph, arrays, head, threads)
    return _open_onnx(_converted(graph, arrays, head, backend), backend, engine, threads)


def _open_onnx(model: OnnxFile, backend: Backend, engine: str, threads: int | None) -> Runtime:
    if backend == "opencv":
        from darkcsp.runtimes.opencv import open_opencv

        return open_opencv(model, engine, threads)
    if backend == "onnxruntime":
        from darkcsp.runtimes.onnxruntime import open_onnxruntime

        return open_onnxruntime(model, threads)
    from darkcsp.runtimes.openvino import open_openvino

    return open_openvino(model, threads)


def _converted(graph: Graph, weights: Weights, head: Head, backend: Backend) -> OnnxFile:
    """Write the network into memory; ONNX Runtime takes any number of pictures at once, the others one."""
    from darkcsp.to_onnx.model import model_parts
    from darkcsp.to_onnx.protobuf import write_model

    parts = model_parts(graph, weights, head, batch=None if backend == "onnxruntime" else 1)
    file = io.BytesIO()
    write_model(parts, file)
    return parse_onnx_file(file.getvalue(), graph.cfg.path)


def _check_size(model: OnnxFile, size: tuple[int, int] | None) -> None:
    shape = Metadata.from_properties(model.properties, model.path).input
    if size is not None and size != (shape.w, shape.h):
        raise ModelError(
            f"{model.path}: takes pictures of {shape.w}x{shape.h}, not {size[0]}x{size[1]}; the size of an ONNX file "
            "is set when it is made: darkcsp convert --size"
        )
