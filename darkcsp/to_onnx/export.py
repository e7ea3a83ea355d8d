"""cfg and weights files to an ONNX file in one call."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Unpack

from darkcsp.cfg.document import Cfg
from darkcsp.checkpoint.reading import read_parameters
from darkcsp.errors import ModelError, warn
from darkcsp.files import write_whole
from darkcsp.graph.build import build_graph
from darkcsp.graph.differences import log_differences
from darkcsp.modelfile.options import ExportChanges, ExportOptions, export_options
from darkcsp.modelfile.writing import write_model
from darkcsp.to_onnx.model import check_float32, model_parts


def convert(
    cfg: Cfg | str | os.PathLike[str],
    weights: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
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
        ArgumentError: an option has an impossible value.
        CfgError, LimitError, WeightsError, UnsupportedLayerError: the input cannot be converted.
        ModelError: the file cannot be written, a tap is no layer, or the network's input cannot be uint8.
    """
    wanted = export_options(options, **changes)
    check_float32(wanted)
    graph = build_graph(
        cfg,
        wanted.size,
        strict=wanted.strict,
        semantics=wanted.semantics,
        dialect=wanted.dialect,
        permissive=wanted.permissive,
        limits=wanted.limits,
    )
    warn(graph.notices)
    log_differences(graph)
    arrays = read_parameters(weights, graph)
    warn(arrays.notices)
    parts = model_parts(graph, arrays, wanted)
    path = Path(weights).with_suffix(".onnx") if out is None else Path(out)
    try:
        with write_whole(path) as file:
            write_model(parts, file)
    except OSError as error:
        raise ModelError(path, f"cannot be written: {error.strerror}") from None
    return path
