"""Converts cfg and weights to an ONNX file of lower precision, and reports the loss of accuracy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

import onnx
from onnx import helper

from darkcsp.arrays import Array
from darkcsp.cfg.document import Cfg
from darkcsp.checkpoint.reading import read_parameters
from darkcsp.detect.preprocess import classifier_input, detector_input
from darkcsp.errors import ArgumentError, ModelError, UnsupportedLayerError, warn
from darkcsp.files import write_whole
from darkcsp.graph.differences import log_differences
from darkcsp.graph.graph import Graph
from darkcsp.graph.reading import read_graph
from darkcsp.modelfile import metadata as model_metadata
from darkcsp.modelfile.class_names import check_count, classes_of
from darkcsp.modelfile.frame import seal
from darkcsp.modelfile.metadata import Metadata
from darkcsp.modelfile.options import ExportChanges, ExportOptions, export_options
from darkcsp.modelfile.reading import parse_onnx_file
from darkcsp.modelfile.targets import TARGETS, Float16
from darkcsp.modelfile.writing import assemble
from darkcsp.precision.calibration import Calibration, open_calibration
from darkcsp.precision.comparing import compare
from darkcsp.precision.float16 import to_float16
from darkcsp.precision.int8 import METHOD, calibrate, to_int8
from darkcsp.precision.numbers import beyond_float16, check_finite
from darkcsp.precision.ranges import Method
from darkcsp.precision.report import PrecisionReport
from darkcsp.progress import counted, step
from darkcsp.spec.net import Resize
from darkcsp.to_onnx.export import output_of
from darkcsp.to_onnx.model import model_parts
from darkcsp.weightfile.weights import Weights

Lower = Callable[[onnx.ModelProto], onnx.ModelProto]
PathLike = str | os.PathLike[str]

_FORMS: dict[Float16, str] = {
    "computed": "weights and computation in float16",
    "stored": "weights stored as float16, computation in float32",
}


def convert_precision(
    cfg: Cfg | PathLike,
    weights: PathLike,
    out: PathLike | None = None,
    options: ExportOptions | None = None,
    calibration: Sequence[PathLike] = (),
    method: Method = METHOD,
    **changes: Unpack[ExportChanges],
) -> PrecisionReport:
    """Convert a Darknet network to an ONNX file in float16 or int8; identical inputs give identical files.

    The decoding of the heads stays float32; with int8, their last convolutions do as well.

    Args:
        cfg: the cfg, or its path.
        weights: path of the `.weights` file, which must cover every layer.
        out: path of the ONNX file; by default the weights' path with `.fp16.onnx` or `.int8.onnx`. It is written
            completely or not at all.
        options: how to write it, see `ExportOptions`; int8 and fp16 depend on the target. "fp16" means float16 weights
            and computation for targets "onnxruntime" and "openvino", and only float16 weights in the file for the
            others; "int8" means uint8 activations, int8 weights with a scale per channel, and no taps.
        calibration: files, folders and glob patterns of pictures like those the model will see, as for `darkcsp run`.
            int8 requires them; with fp16 they are only used for the report.
        method: how int8 chooses the range of a tensor.
        changes: single options by name, such as `precision="int8", target="openvino"`.

    Returns:
        What was written, and its loss of accuracy on the calibration pictures.

    Raises:
        ArgumentError: an option is invalid; the precision is float32; int8 without pictures, or with taps; `out` would
            overwrite an input file.
        CfgError, LimitError, WeightsError, UnsupportedLayerError: the input cannot be converted.
        MediaError: no picture can be read, or an argument matches none.
        ModelError: int8 of a recurrent network; values that are not finite, in the network or, in either precision,
            in its outputs for a picture; the file cannot be written.
        MissingBackendError: ONNX Runtime is not installed.
    """
    wanted = export_options(options, **changes)
    _check(wanted, calibration)
    graph = read_graph(cfg, wanted.reading)
    warn(graph.notices)
    log_differences(graph)
    check_count(wanted.names, classes_of(graph), graph.cfg.path, wanted.strict)
    pictures = open_calibration(calibration) if calibration else Calibration(())
    path = output_of(graph, weights, out, wanted.precision, pictures.files)
    step(f"reading {Path(weights).name}")
    arrays = read_parameters(weights, graph, strict=True)  # no range has NaN or infinity as an end
    warn(arrays.notices)
    reference = _reference(graph, arrays, wanted)
    try:
        feeds = Feeds(graph, pictures, wanted.resize_for(graph.net))
        lower, detail = _lowering(wanted, reference, feeds, method)
        step(f"lowering to {wanted.precision}")
        before = assemble(model_parts(graph, arrays, wanted))
        after = lower(before)
        compared = counted(pictures, "comparing with float32: picture")
        engine, cost = compare(reference, lower(reference), compared, wanted.target) if len(pictures) else ("", None)
    except ModelError as error:
        where = f"{Path(error.path).stem}: " if error.path else ""
        raise ModelError(graph.cfg.path, f"{where}{error.message}") from None
    step(f"writing {path.name}")
    if wanted.precision == "fp16":
        warn(beyond_float16(before, str(path)))
    sizes = before.ByteSize(), _write(path, after)
    return PrecisionReport(str(path), wanted.precision, detail, *sizes, engine, cost, pictures.unreadable)


@dataclass(frozen=True)
class Feeds:
    """Calibration pictures as inputs of a network, (1, c, h, w) float32; read again for every pass."""

    graph: Graph
    pictures: Calibration
    resize: Resize

    def __iter__(self) -> Iterator[Array]:
        graph = self.graph
        for picture in counted(self.pictures, "calibrating: picture"):
            if graph.heads:
                yield detector_input(picture, graph.input, self.resize)[None]
            else:
                yield classifier_input(picture, graph.input)[None]


def _check(options: ExportOptions, calibration: Sequence[PathLike]) -> None:
    if options.precision == "fp32":
        raise ArgumentError("precision", "fp32", "fp16 or int8; for float32, use darkcsp.convert")
    if options.precision == "int8" and not calibration:
        raise ArgumentError("calibration", calibration, "", "int8 needs calibration pictures to measure the ranges "
                            "of values; pass a few hundred pictures like those the model will see")  # fmt: skip
    if options.precision == "int8" and options.taps:
        raise ArgumentError("taps", options.taps, "", "int8 cannot output layers; taps are for fp32 and fp16")


def _reference(graph: Graph, arrays: Weights, options: ExportOptions) -> onnx.ModelProto:
    """The float32 model to calibrate and compare: one picture, float32, decoded if possible."""
    plain = replace(options, head="decoded", batch=1, input="float32", taps=())
    try:
        return assemble(model_parts(graph, arrays, plain))
    except (ModelError, UnsupportedLayerError):
        return assemble(model_parts(graph, arrays, replace(plain, head="raw")))


def _lowering(options: ExportOptions, reference: onnx.ModelProto, feeds: Feeds, method: Method) -> tuple[Lower, str]:
    """Return a function that lowers the precision of a float32 model, and a description of it."""
    check_finite(reference)
    if options.precision == "fp16":
        form = TARGETS[options.target].float16
        return lambda model: marked(to_float16(model, form), options, float16=form), _FORMS[form]
    calibrated = calibrate(reference, feeds, options.target, method)
    how = model_metadata.Calibration(method, len(feeds.pictures))
    detail = f"activations uint8, weights int8 by channel, ranges ({method}) of {how.pictures} pictures"
    return lambda model: marked(to_int8(model, calibrated), options, how), detail


def marked(
    model: onnx.ModelProto,
    options: ExportOptions,
    calibration: model_metadata.Calibration | None = None,
    float16: Float16 | None = None,
) -> onnx.ModelProto:
    """Record the conversion in the metadata."""
    properties = {item.key: item.value for item in model.metadata_props}
    found = Metadata.from_properties(properties, "<model>")
    found = replace(found, precision=options.precision, calibration=calibration, float16=float16)
    helper.set_model_props(model, found.to_properties())
    return model


def _write(path: Path, model: onnx.ModelProto) -> int:
    """Write the file with its seal, completely or not at all; return its size in bytes."""
    data = model.SerializeToString(deterministic=True)
    data += seal(parse_onnx_file(data, str(path)).frame_sha256)
    try:
        with write_whole(path) as file:
            file.write(data)
    except OSError as error:
        raise ModelError(path, f"cannot be written: {error.strerror}") from None
    return len(data)
