"""Models of one network with each pass toggled, timed in turns on one engine."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from darkcsp.benchmark.models import find_models
from darkcsp.graph import build_graph
from darkcsp.modelfile import ExportOptions, Target
from darkcsp.modelfile.writing import assemble
from darkcsp.runtimes import Runtime, open_runtime
from darkcsp.to_onnx import model_parts
from darkcsp.to_onnx.passes import NAMES, default_passes
from darkcsp.weightfile import read_weights
from scripts.bench.networks import find_networks
from scripts.bench.turns import ratios, rounds_for, take_turns

Figures = dict[str, float]
"""For a network: "ms" (milliseconds with the target's passes), and by pass the ratio of times without and with it."""

ENGINES: dict[str, Target] = {
    "opencv/new": "opencv",
    "opencv/classic": "opencv-classic",
    "onnxruntime/default": "onnxruntime",
    "openvino/f32": "openvino",
}
LEAST = 5
"""The minimum number of rounds."""


def measure_engine(engine: str, options: argparse.Namespace) -> dict[str, Figures]:
    """Return for each network milliseconds with the target's passes, and the ratio of each pass that has an effect."""
    table: dict[str, Figures] = {}
    for name in find_networks(options):
        with tempfile.TemporaryDirectory() as folder:
            (model,) = find_models([name], Path(folder))
            variants = write_variants(model.cfg, model.weights, ENGINES[engine], Path(folder), options)
            backend, own = engine.split("/")
            runtimes = {
                key: open_runtime(path, backend=backend, engine=own, threads=options.threads, trust=True)
                for key, path in variants.items()
            }
            table[model.name] = compare(runtimes, ENGINES[engine], options)
        print(f"{engine} {model.name}: {table[model.name]}", file=sys.stderr)
    return table


def write_variants(
    cfg: Path | None, weights: Path | None, target: Target, folder: Path, options: argparse.Namespace
) -> dict[str, Path]:
    """Write the model with the target's passes (""), and with each pass toggled that changes it."""
    assert cfg is not None and weights is not None
    graph = build_graph(cfg)
    arrays = read_weights(weights, graph)
    own = default_passes(target)
    chosen: dict[str, Sequence[str]] = {"": own}
    chosen |= {name: [item for item in NAMES if (item in own) != (item == name)] for name in options.passes}
    written: dict[str, Path] = {}
    seen: set[bytes] = set()
    for key, passes in chosen.items():
        wanted = ExportOptions(head=options.head, target=target, input=options.input)
        content = assemble(model_parts(graph, arrays, wanted, passes)).SerializeToString()
        if content not in seen:
            seen.add(content)
            written[key] = folder / f"{key or 'own'}.onnx"
            written[key].write_bytes(content)
    return written


def compare(runtimes: Mapping[str, Runtime], target: Target, options: argparse.Namespace) -> Figures:
    """Run the models in turns; return milliseconds, and the ratio without / with for each pass."""
    (shape,) = {tuple(runtime.input_shape) for runtime in runtimes.values()}
    picture = noise(shape, options.input)
    for runtime in runtimes.values():
        runtime.run(picture)

    def way(runtime: Runtime) -> Callable[[int], object]:
        return lambda _: runtime.run(picture)

    ways = {key: way(runtime) for key, runtime in runtimes.items()}
    times = take_turns(
        ways, rounds_for(options.seconds, LEAST), time.process_time if options.cpu_time else time.perf_counter
    )
    figures = {"ms": 1000 * statistics.median(times[""])}
    for key in filter(None, runtimes):
        median = statistics.median(ratios(times[key], times[""]))
        figures[key] = median if key in default_passes(target) else 1 / median
    return figures


def noise(shape: Sequence[int], kind: str) -> npt.NDArray[Any]:
    """Return a batch of one picture (c, h, w) of noise: planes of float32, or (h, w, c) of uint8."""
    rng = np.random.default_rng(0)
    if kind == "uint8":
        return rng.integers(0, 256, (1, *shape[1:], shape[0]), np.uint8)
    return rng.random((1, *shape), np.float32)
