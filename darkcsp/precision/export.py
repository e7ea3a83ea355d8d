"""cfg and weights to an ONNX file of lower precision, and the report of what that costs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import onnx
from onnx import helper

from darkcsp.cfg.document import Cfg
from darkcsp.detect.preprocess import classifier_input, detector_input
from darkcsp.errors import ModelError, UnsupportedLayerError, warn
from darkcsp.files import write_whole
from darkcsp.graph.build import build_graph
from darkcsp.graph.graph import Graph
from darkcsp.precision.calibration import Calibration, open_calibration
from darkcsp.precision.comparing import compare
from darkcsp.precision.float16 import Form, to_float16
from darkcsp.precision.int8 import METHOD, calibrate, to_int8
from darkcsp.precision.ranges import Method
from darkcsp.precision.report import Precision, PrecisionReport
from darkcsp.to_onnx.emitter import Target
from darkcsp.to_onnx.model import to_onnx
from darkcsp.to_onnx.outputs import Head
from darkcsp.to_onnx.passes import default_passes
from darkcsp.to_onnx.picture import InputType
from darkcsp.to_onnx.suppression import DEFAULT, Suppression
from darkcsp.weightfile.reader import read_weights
from darkcsp.weightfile.weights import Array

_MERGE = "merge-groups"

Lower = Callable[[onnx.ModelProto], onnx.ModelProto]
PathLike = str | os.PathLike[str]

_FORMS: dict[Form, str] = {
    "computed": "weights and computation in float16",
    "stored": "weights stored as float16, computation in float32",
}


def convert_precision(
    cfg: Cfg | PathLike,
    weights: PathLike,
    out: PathLike | None = None,
    precision: Precision = "fp16",
    calibration: Sequence[PathLike] = (),
    *,
    head: Head = "decoded",
    target: Target = "portable",
    size: tuple[int, int] | None = None,
    batch: int | None = 1,
    taps: Collection[int] | Literal["all"] = (),
    names: Sequence[str] = (),
    input: InputType = "float32",
    passes: Collection[str] | None = None,
    suppression: Suppression = DEFAULT,
    method: Method = METHOD,
) -> PrecisionReport:
    """Write a Darknet network as an ONNX file in float16 or int8; identical input gives an identical file.

    The heads' decoding stays float32, with int8 their last convolutions as well.

    Args:
        cfg: the cfg, or its path.
        weights: path of the `.weights` file, which must cover every layer.
        out: path of the ONNX file; the weights' with `.fp16.onnx` or `.int8.onnx` by default. It appears whole or not
            at all.
        precision: "fp16": with target "onnxruntime" and "openvino" weights and computation, with the others what the
            file stores of the weights. "int8": activations uint8, weights int8 with a scale for each channel.
        calibration: files, folders and patterns of pictures of the kind that the model is for, as `darkcsp run` takes
            them. int8 needs them; with fp16 they are what the report compares.
        head: see `darkcsp.convert`, as for all of these:
        target: the engine to write for; int8 and fp16 depend on it.
        size: (width, height) in place of the cfg's own.
        batch: pictures per run; None leaves it open.
        taps: layers, or "all", whose outputs are added; not with int8.
        names: class names for the metadata.
        input: "float32" or "uint8".
        passes: names of optimisations; those of `precision_passes` by default.
        suppression: what head "nms" keeps.
        method: how int8 chooses the range of a tensor.

    Returns:
        What was written, and what it costs on the calibration pictures.

    Raises:
        CfgError, WeightsError, UnsupportedLayerError: the input cannot be converted.
        MediaError: none of the pictures can be read, or an argument leads to none.
        ModelError: int8 without pictures, with taps or for a recurrent network; the file cannot be written.
        MissingBackendError: ONNX Runtime is not installed.
    """
    path = Path(weights).with_suffix(f".{precision}.onnx") if out is None else Path(out)
    _check(precision, calibration, taps)
    graph = build_graph(cfg, size)
    warn(graph.notices)
    arrays = read_weights(weights, graph)
    pictures = open_calibration(calibration) if calibration else Calibration(())

    chosen = precision_passes(target, precision) if passes is None else passes
    # int8's kernels want wide groups on every engine; written for ONNX Runtime, few would be merged
    written: Target = "portable" if precision == "int8" else target

    def build(form: Head) -> onnx.ModelProto:
        return to_onnx(graph, arrays, form, target=written, names=names, passes=chosen)

    twin = _decoded(build)
    feeds = Feeds(graph, pictures)
    try:
        lower, detail = _lowering(precision, twin, feeds, target, method)
        wanted = to_onnx(graph, arrays, head, batch, taps, written, names, input, chosen, suppression)
        lowered = lower(wanted)
    except ModelError as error:
        raise ModelError(f"{graph.cfg.path}: {str(error).removeprefix(f'{graph.cfg.path}: ')}") from None
    before, after = wanted.ByteSize(), _write(path, lowered)
    backend, cost = compare(twin, lower(twin), pictures, target) if len(pictures) else ("", None)
    return PrecisionReport(str(path), precision, detail, before, after, backend, cost, pictures.unreadable)


def precision_passes(target: Target, precision: Precision) -> tuple[str, ...]:
    """Return the names of the optimisations that pay on a target at a precision.

    For int8 groups of few filters are merged on every target, and no convolution becomes a product of matrices.
    """
    names = default_passes(target)
    if precision != "int8":
        return names
    return (*(name for name in names if not name.endswith("-matmul") and name != _MERGE), _MERGE)


@dataclass(frozen=True)
class Feeds:
    """Calibration pictures as a network takes them, (1, c, h, w) float32; they are read anew in every pass."""

    graph: Graph
    pictures: Calibration

    def __iter__(self) -> Iterator[Array]:
        graph = self.graph
        for picture in self.pictures:
            if graph.heads:
                yield detector_input(picture, graph.input, graph.net.letter_box)[None]
            else:
                yield classifier_input(picture, graph.input)[None]


def _check(precision: str, calibration: Sequence[PathLike], taps: Collection[int] | str) -> None:
    if precision not in get_args(Precision):
        raise ModelError(f"precision {precision!r}: expected one of {', '.join(get_args(Precision))}")
    if precision == "fp32":
        raise ModelError("precision 'fp32': is what darkcsp.convert writes; expected fp16 or int8")
    if precision == "int8" and not calibration:
        raise ModelError("int8: needs calibration pictures to know the ranges of values; expected some hundred "
                         "pictures of the kind that the model is for")  # fmt: skip
    if precision == "int8" and taps:
        raise ModelError("int8: shows no layers' outputs; taps are for fp32 and fp16")


def _decoded(build: Callable[[Head], onnx.ModelProto]) -> onnx.ModelProto:
    """The model to calibrate and compare: one picture, float32, decoded where that is possible."""
    try:
        return build("decoded")
    except (ModelError, UnsupportedLayerError):
        return build("raw")


def _lowering(
    precision: Precision, twin: onnx.ModelProto, feeds: Feeds, target: Target, method: Method
) -> tuple[Lower, str]:
    """Return what turns a float32 model into one of lower precision, and how to describe that."""
    if precision == "fp16":
        form: Form = "computed" if target in ("onnxruntime", "openvino") else "stored"
        return lambda model: _marked(to_float16(model, form), precision), _FORMS[form]
    calibrated = calibrate(twin, feeds, target, method)
    count = len(feeds.pictures)
    detail = f"activations uint8, weights int8 by channel, ranges ({method}) of {count} pictures"
    return lambda model: _marked(to_int8(model, calibrated), precision, method, count), detail


def _marked(model: onnx.ModelProto, precision: Precision, method: str = "", pictures: int = 0) -> onnx.ModelProto:
    """Add what was done to the metadata."""
    values = {item.key: item.value for item in model.metadata_props}
    values["darkcsp.precision"] = precision
    if precision == "int8":
        values["darkcsp.calibration"] = json.dumps({"method": method, "pictures": pictures})
    helper.set_model_props(model, values)
    return model


def _write(path: Path, model: onnx.ModelProto) -> int:
    """Write the file, whole or not at all; return its size."""
    data = model.SerializeToString(deterministic=True)
    try:
        with write_whole(path) as file:
            file.write(data)
    except OSError as error:
        raise ModelError(f"{path}: cannot be written: {error.strerror}") from None
    return len(data)
