"""cfg and weights files to an ONNX file in one call."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Unpack

from darkcsp.cfg.document import Cfg
from darkcsp.checkpoint.reading import read_parameters
from darkcsp.claims import Claims
from darkcsp.errors import ModelError, warn
from darkcsp.files import write_whole
from darkcsp.graph.differences import log_differences
from darkcsp.graph.graph import Graph
from darkcsp.graph.reading import read_graph
from darkcsp.modelfile.class_names import check_count, classes_of
from darkcsp.modelfile.forms import Precision
from darkcsp.modelfile.options import ExportChanges, ExportOptions, default_path, export_options
from darkcsp.modelfile.writing import write_model
from darkcsp.progress import step
from darkcsp.spec.tree import tree_files
from darkcsp.to_onnx.model import check_float32, model_parts

PathLike = str | os.PathLike[str]


def convert(
    cfg: Cfg | PathLike,
    weights: PathLike,
    out: PathLike | None = None,
    options: ExportOptions | None = None,
    **changes: Unpack[ExportChanges],
) -> Path:
    """Write a Darknet network as an ONNX file; identical input gives an identical file.

    Where layers compute something else in the other semantics, the logger "darkcsp" is told which.

    Args:
        cfg: the cfg, or its path.
        weights: path of the `.weights` file, which must cover every layer, or of a checkpoint, see `read_parameters`.
        out: path of the ONNX file; the weights' with `.onnx` by default. It appears whole or not at all.
        options: how it is written; the defaults of `ExportOptions` where it is left out.
        changes: single options by name: `convert(cfg, weights, head="raw", target="openvino")`.

    Returns:
        The path of the file.

    Raises:
        ArgumentError: an option has an impossible value, or `out` is a file that is read.
        CfgError, LimitError, WeightsError, UnsupportedLayerError: the input cannot be converted.
        ModelError: the file cannot be written, a tap is no layer, or the network's input cannot be uint8.
    """
    wanted = export_options(options, **changes)
    check_float32(wanted)
    graph = read_graph(cfg, wanted.reading)
    warn(graph.notices)
    log_differences(graph)
    check_count(wanted.names, classes_of(graph), graph.cfg.path, wanted.strict)
    path = output_of(graph, weights, out)
    step(f"reading {Path(weights).name}")
    arrays = read_parameters(weights, graph, wanted.strict)
    parts = model_parts(graph, arrays, wanted)
    step(f"writing {path.name}")
    try:
        with write_whole(path) as file:
            write_model(parts, file)
    except OSError as error:
        raise ModelError(path, f"cannot be written: {error.strerror}") from None
    warn(arrays.notices)  # now that the arrays have been read, and looked at with it
    return path


def output_of(
    graph: Graph,
    weights: PathLike,
    out: PathLike | None,
    precision: Precision = "fp32",
    pictures: Iterable[PathLike] = (),
) -> Path:
    """Return where a conversion writes its file.

    Raises ArgumentError where that is a file that it reads: the cfg, a tree of classes that it names, the weights, or
    one of the pictures that it calibrates with.
    """
    path = Path(default_path(weights, precision) if out is None else out)
    claims = Claims()
    claims.read(graph.cfg.path, "cfg")
    claims.read(weights, "weights")
    for tree in tree_files(graph.cfg):
        claims.read(tree, "a tree of the cfg")
    for picture in pictures:
        claims.read(picture, "calibration")
    claims.write(path, "out")
    return path
