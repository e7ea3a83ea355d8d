"""Peak memory of a process that opens a model and runs a picture: from cfg and weights, and from the converted file.

    scripts/bench_memory CFG [--size 416x416] [--weights WEIGHTS] [--backend opencv ...]

Weights are random by default. Each backend and engine gets its own ONNX file, written for it, and each way a fresh
process. Peaks are VmHWM from Linux's /proc, in MB of a million bytes. The last column is the memory for cfg and
weights, divided by that for the file. Exits with 1 if a ratio is above 1.2.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

from darkcsp.benchmark.contenders import Contender, contenders
from darkcsp.benchmark.models import Model, find_models
from darkcsp.benchmark.run import Settings, runtime_job
from darkcsp.cli.types import Size
from darkcsp.errors import CfgWarning
from darkcsp.graph.reading import CfgReading
from darkcsp.modelfile.targets import target_for
from darkcsp.runtimes import BACKENDS
from darkcsp.to_onnx import convert
from darkcsp.workers.process import Worker
from scripts.arguments import parser

MOST = 1.2
LIMIT = 600.0


def main() -> None:
    """Measure and print."""
    arguments = parser("bench_memory", __doc__)
    arguments.add_argument("cfg")
    arguments.add_argument("--weights", help="random by default")
    arguments.add_argument("--size", type=lambda text: Size().convert(text, None, None), help="instead of the cfg's")
    arguments.add_argument("--backend", nargs="+", default=[], choices=list(BACKENDS), help="default: all installed")
    options = arguments.parse_args()
    warnings.simplefilter("ignore", CfgWarning)
    ratios = []
    print(f"{'':20} {'file MB':>8} {'cfg+weights MB':>15} {'ratio':>6}")
    with tempfile.TemporaryDirectory() as name:
        files = [options.cfg, *([options.weights] if options.weights else [])]
        (model,) = find_models(files, Path(name), CfgReading(options.size))
        for way in contenders(options.backend):
            both = peak(model, way)
            if not BACKENDS[way.backend].reads_onnx:
                print(f"{way.backend + '/' + way.engine:20} {'':8} {both / 1e6:15.0f}")
                continue
            ratios.append(both / peak(converted(model, way, Path(name)), way))
            print(f"{way.backend + '/' + way.engine:20} {both / ratios[-1] / 1e6:8.0f} {both / 1e6:15.0f}", end="")
            print(f" {ratios[-1]:6.2f}", flush=True)
    sys.exit(max(ratios, default=0.0) > MOST)


def converted(model: Model, way: Contender, folder: Path) -> Model:
    """Return the model as an ONNX file written for an engine."""
    assert model.cfg is not None and model.weights is not None
    target = target_for(way.backend, way.engine)
    path = folder / f"{target}.onnx"
    if not path.exists():
        convert(model.cfg, model.weights, path, target=target, size=model.size)
    return Model(model.name, onnx=path)


def peak(model: Model, way: Contender) -> int:
    """Return the peak memory in bytes of a process that opens a model and runs it."""
    with Worker(runtime_job(model, way, Settings()), LIMIT) as worker:
        worker.open()
        worker.outputs()
        status = Path(f"/proc/{worker.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
