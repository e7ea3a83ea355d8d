"""Models of lower precision, which are made before they are measured."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from darkcsp.benchmark.contenders import Contender
from darkcsp.benchmark.models import Model
from darkcsp.checkpoint import read_parameters
from darkcsp.errors import ModelError
from darkcsp.graph.reading import CfgReading, read_graph
from darkcsp.modelfile.options import ExportOptions
from darkcsp.modelfile.targets import Target, target_for
from darkcsp.modelfile.writing import assemble
from darkcsp.precision import calibrate, convert_precision, to_int8
from darkcsp.precision.export import marked
from darkcsp.runtimes.backends import backend_named
from darkcsp.to_onnx.model import model_parts


def lowered(model: Model, contender: Contender, folder: Path, calibration: Sequence[str] = ()) -> Model:
    """Return the model as a contender runs it: the model itself, or an ONNX file of the contender's precision.

    Args:
        model: must have cfg and weights unless the precision is "fp32".
        contender: the way to run it.
        folder: for the files; existing files are reused.
        calibration: pictures, folders and patterns for int8; by default noise, since speed does not depend on them.

    Raises the errors of `precision.convert_precision`, and ModelError for ONNX files and for backends that do not read
    them.
    """
    precision = contender.precision
    if precision == "fp32":
        return model
    if not backend_named(contender.backend).reads_onnx:
        name = contender.backend
        raise ModelError(model.name, f"the {name} backend runs cfg and weights in fp32 only, not in {precision}")
    if model.cfg is None or model.weights is None:
        raise ModelError(model.name, f"the precision of an ONNX file is fixed; pass cfg and weights for {precision}")
    target = target_for(contender.backend, contender.engine)
    digest = hashlib.sha256(repr(model).encode()).hexdigest()[:16]
    path = folder / f"{digest}-{target}.{precision}.onnx"
    if not path.exists():
        if precision == "int8" and not calibration:
            _calibrate_with_noise(model, path, target)
        else:
            options = ExportOptions(precision=precision, target=target, **model.reading._asdict())
            convert_precision(model.cfg, model.weights, path, options, calibration)
    return replace(model, onnx=path, cfg=None, weights=None, reading=CfgReading(), trust=True)


def suits(model: Model, contender: Contender) -> bool:
    """Tell whether a contender is of a kind that can run a model.

    `lowered` and backends that do not read ONNX files need cfg and weights; such backends run only float32.
    """
    if not backend_named(contender.backend).reads_onnx:
        return model.cfg is not None and contender.precision == "fp32"
    return model.cfg is not None or contender.precision == "fp32"


def _calibrate_with_noise(model: Model, path: Path, target: Target) -> None:
    """Write a model in int8 that is as fast as any, but whose detections are meaningless."""
    import onnx

    assert model.cfg is not None and model.weights is not None
    graph = read_graph(model.cfg, model.reading)
    options = ExportOptions(target=target, precision="int8")
    float32 = assemble(model_parts(graph, read_parameters(model.weights, graph), options))
    picture = np.random.default_rng(0).random((1, *graph.input), np.float32)
    onnx.save(marked(to_int8(float32, calibrate(float32, [picture], target)), options), path)
