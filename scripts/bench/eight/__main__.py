"""Times eight networks with darkcsp and with its peers, in one run: times, ratios, and whether the claims hold.

    scripts/bench_eight [--threads 2] [--rounds 7] [--seconds 0.5] [--only yolov3-tiny ...]
        [--peer-python OTHER/bin/python] [--darknet-cfgs FOLDER ...] [--json FILE] [--cpu-time]

Weights are random. Every runtime has its own process, and those of a network take turns. A ratio is the median of the
ratios in each round. The peers:

plain        the portable ONNX file with decoded boxes, on OpenCV's default engine
unfolded     the same with batch norm as separate nodes, as written by a converter that does not fold it
importer     OpenCV 4's own Darknet importer, in the interpreter --peer-python (which needs only cv2 and numpy)
ort plain    the plain file on ONNX Runtime; for networks with Mish, with the operator Mish of opset 18
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from darkcsp.benchmark.models import Model, find_models
from scripts.arguments import parser
from scripts.bench import networks
from scripts.bench.eight.network import measure_network
from scripts.bench.eight.report import judge, line, show
from scripts.output import console, write_json


def main() -> None:
    """Measure and print."""
    options = parse()
    status = Console(stderr=True)
    measured = []
    with tempfile.TemporaryDirectory() as name:
        for number, network in enumerate(networks.find_networks(options)):
            folder = Path(name, str(number))
            folder.mkdir()
            (model,) = find_models([network], folder)

            def report(text: str, model: Model = model) -> None:
                if status.is_terminal:
                    status.print(f"{model.name}: {text}", end="\r")

            measured.append(measure_network(model, folder, options, report))
            print(line(measured[-1]), file=sys.stderr)  # so that an interrupted run leaves results
    out = console(180)
    show(out, measured)
    judge(out, measured)
    if options.json:
        write_json(options.json, [network.as_data() for network in measured])


def parse() -> argparse.Namespace:
    """Read the command line."""
    arguments = parser("bench_eight", __doc__)
    networks.add_arguments(arguments)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--seconds", type=float, default=0.5, help="length of one turn")
    arguments.add_argument("--ways", nargs="+", metavar="WAY", help="only these ways")
    arguments.add_argument("--peer-python", help="an interpreter with OpenCV 4, which has a Darknet importer")
    arguments.add_argument(
        "--calibration", nargs="+", default=[], help="pictures or folders for int8; noise by default"
    )
    arguments.add_argument("--json", help="a file for the figures")
    return networks.parse(arguments)


if __name__ == "__main__":
    main()
