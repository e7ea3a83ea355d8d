"""All ways to run a network, and the job that times each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from darkcsp.benchmark.contenders import Contender
from darkcsp.benchmark.lowering import lowered
from darkcsp.benchmark.models import Model
from darkcsp.benchmark.run import Settings, runtime_job
from darkcsp.graph import Graph
from darkcsp.runtimes.backends import engines_of, is_installed
from darkcsp.weightfile import Weights
from darkcsp.workers.process import Job
from scripts.bench.eight.exports import has_mish, mish_export, plain_export, unfolded_export, write

OURS, PLAIN, UNFOLDED, IMPORTER = "opencv", "plain", "unfolded", "importer"
ORT, ORT_PLAIN = "onnxruntime", "ort plain"
F32, BF16, INT8, ORT_INT8 = "openvino", "openvino bf16", "openvino int8", "ort int8"


def chosen(options: argparse.Namespace, way: str) -> bool:
    """Tell whether a way is wanted."""
    return not options.ways or way in options.ways


def make_jobs(
    model: Model, graph: Graph, weights: Weights, folder: Path, options: argparse.Namespace
) -> Iterable[tuple[str, Job]]:
    """Yield every way that is available here, and its job."""
    settings = Settings(threads=options.threads, calibration=tuple(options.calibration))
    plain = folder / "plain.onnx"
    write(plain, plain_export(graph, weights))
    yield OURS, runtime_job(model, Contender("opencv"), settings)
    yield PLAIN, opencv_job(sys.executable, {"onnx": str(plain)}, graph, options)
    if chosen(options, UNFOLDED):
        unfolded = folder / "unfolded.onnx"
        write(unfolded, unfolded_export(graph, weights))
        yield UNFOLDED, opencv_job(sys.executable, {"onnx": str(unfolded)}, graph, options)
    if options.peer_python:
        files = {"cfg": str(model.cfg), "weights": str(model.weights)}
        yield IMPORTER, opencv_job(options.peer_python, files, graph, options)
    yield ORT, runtime_job(model, Contender("onnxruntime", "default"), settings)
    peer = plain
    if has_mish(graph):
        peer = folder / "mish.onnx"
        write(peer, mish_export(graph, weights))
    yield ORT_PLAIN, runtime_job(Model(model.name, onnx=peer), Contender("onnxruntime", "default"), settings)
    if is_installed("openvino"):
        ways = {"f32": F32, "bf16": BF16}
        for engine in engines_of("openvino"):
            yield ways[engine], runtime_job(model, Contender("openvino", engine), settings)
    float_parts = "bf16" if is_installed("openvino") and "bf16" in engines_of("openvino") else "f32"
    int8 = {INT8: Contender("openvino", float_parts, "int8"), ORT_INT8: Contender("onnxruntime", "default", "int8")}
    for way, contender in int8.items():
        if chosen(options, way) and is_installed(contender.backend):
            yield way, runtime_job(lowered(model, contender, folder, settings.calibration), contender, settings)


def opencv_job(python: str, files: dict[str, str], graph: Graph, options: argparse.Namespace) -> Job:
    """Return the job of a worker that uses only OpenCV."""
    shape = [1, *graph.input]
    return Job((python, "-m", "scripts.bench.opencv_worker"), {**files, "shape": shape, "threads": options.threads})
