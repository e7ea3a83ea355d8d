"""cfg and weights files to an ONNX file in one call."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal

from darkcsp.cfg.document import Cfg
from darkcsp.errors import ModelError, warn
from darkcsp.files import write_whole
from darkcsp.graph.build import build_graph
from darkcsp.to_onnx.emitter import Target
from darkcsp.to_onnx.model import model_parts
from darkcsp.to_onnx.outputs import Head
from darkcsp.to_onnx.picture import InputType
from darkcsp.to_onnx.protobuf import write_model
from darkcsp.to_onnx.suppression import DEFAULT, Suppression
from darkcsp.weightfile.reader import read_weights


def convert(
    cfg: Cfg | str | os.PathLike[str],
    weights: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    head: Head = "decoded",
    target: Target = "portable",
    *,
    size: tuple[int, int] | None = None,
    batch: int | None = 1,
    taps: Collection[int] | Literal["all"] = (),
    names: Sequence[str] = (),
    input: InputType = "float32",
    passes: Collection[str] | None = None,
    suppression: Suppression = DEFAULT,
) -> Path:
    """Write a Darknet network as an ONNX file; identical input gives an identical file.

    Args:
        cfg: the cfg, or its path.
        weights: path of the `.weights` file, which must cover every layer.
        out: path of the ONNX file; the weights' with `.onnx` by default. It appears whole or not at all.
        head: "decoded", "raw", "opencv4" or "nms", see `to_onnx`.
        target: "portable", or the engine to write for: "opencv", "opencv-classic" (OpenCV 5's classic engine),
            "onnxruntime" or "openvino".
        size: (width, height) in place of the cfg's own.
        batch: pictures per run; None leaves it open.
        taps: layers, or "all", whose outputs are added.
        names: class names for the metadata.
        input: "float32" or "uint8", see `to_onnx`.
        passes: names of optimisations, see `passes`; those that pay on the target by default.
        suppression: what head "nms" keeps.

    Returns:
        The path of the file.

    Raises:
        CfgError, WeightsError, UnsupportedLayerError: the input cannot be converted.
        ModelError: the file cannot be written, a tap is no layer, or the network's input cannot be uint8.
        ValueError: a pass has another name.
    """
    graph = build_graph(cfg, size)
    warn(graph.notices)
    arrays = read_weights(weights, graph)
    parts = model_parts(graph, arrays, head, batch, taps, target, names, input, passes, suppression)
    path = Path(weights).with_suffix(".onnx") if out is None else Path(out)
    try:
        with write_whole(path) as file:
            write_model(parts, file)
    except OSError as error:
        raise ModelError(f"{path}: cannot be written: {error.strerror}") from None
    return path
