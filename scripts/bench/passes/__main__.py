"""Measures the gain of each optimisation of the export, for each engine and network that it affects.

    scripts/bench_passes [--engine opencv/new ...] [--only yolov3-tiny ...] [--threads 2]
        [--seconds 4] [--cpu-time] [--input uint8] [--darknet-cfgs FOLDER ...]

A network is written with the target's own passes and, for each pass, with that pass toggled: left out if the target has
it, added if not. All models of a network take turns in one process; each engine has its own process. A figure is the
median over the rounds of (time without the pass) / (time with it): above 1, the pass pays off. Weights are random. A *
marks the target's own passes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

from darkcsp.to_onnx.passes import NAMES
from scripts.arguments import parser
from scripts.bench import networks
from scripts.bench.passes.measure import ENGINES, measure_engine
from scripts.bench.passes.report import show


def main() -> None:
    """Measure each engine in its own process, then print."""
    options = parse()
    if options.worker:
        print(json.dumps(measure_engine(options.worker, options)))
        return
    for engine in options.engine or ENGINES:
        command = [sys.executable, "-m", "scripts.bench.passes", "--worker", engine, *sys.argv[1:]]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            print(f"{engine}: failed with exit code {done.returncode}", file=sys.stderr)
        else:
            show(engine, json.loads(done.stdout.splitlines()[-1]))


def parse() -> argparse.Namespace:
    """Read the command line."""
    arguments = parser("bench_passes", __doc__)
    networks.add_arguments(arguments)
    arguments.add_argument("--engine", nargs="+", choices=list(ENGINES))
    arguments.add_argument("--passes", nargs="+", choices=NAMES, default=NAMES)
    arguments.add_argument("--seconds", type=float, default=4.0, help="for each network and engine")
    arguments.add_argument("--input", choices=["float32", "uint8"], default="float32")
    arguments.add_argument("--head", choices=["decoded", "raw"], default="decoded")
    arguments.add_argument("--worker", help=argparse.SUPPRESS)
    return networks.parse(arguments)


if __name__ == "__main__":
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    main()
