"""How long `darkcsp run` takes from a network that is loaded to its first answer, and to its last.

    scripts/bench_first [--pictures 3] [--runs 3] [NETWORK ...]

Networks are models of the zoo, with random weights; the pictures are 640x480. The cache of measured engines is empty at
the start of every run.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from click.testing import CliRunner

from darkcsp.benchmark.models import find_models
from darkcsp.cli.counting import Counter
from darkcsp.cli.main import cli
from darkcsp.detect import default
from darkcsp.media import write_picture
from scripts.arguments import parser

NETWORKS = ("yolov3-tiny", "csresnext50-panet-spp", "yolov3-spp")


def main() -> None:
    """Measure and print."""
    arguments = parser("bench_first", __doc__)
    arguments.add_argument("networks", nargs="*", metavar="NETWORK", default=NETWORKS)
    arguments.add_argument("--pictures", type=int, default=3)
    arguments.add_argument("--runs", type=int, default=3)
    options = arguments.parse_args()
    print("| network | loaded after, s | first answer after that, s | last answer |")
    print("| --- | ---: | ---: | ---: |", flush=True)
    with tempfile.TemporaryDirectory() as name:
        pictures = Path(name, "pictures")
        pictures.mkdir()
        rng = np.random.default_rng(0)
        for number in range(options.pictures):
            write_picture(pictures / f"{number}.jpg", rng.integers(0, 256, (480, 640, 3), np.uint8))
        for number, network in enumerate(options.networks):
            folder = Path(name, str(number))
            folder.mkdir()
            (model,) = find_models([network], folder)
            command = ["run", str(pictures), "--cfg", str(model.cfg), "--weights", str(model.weights), "--no-draw"]
            runs = [measure(command, folder / f"cache-{run}") for run in range(options.runs)]
            print(
                f"| {network} |",
                " | ".join(f"{statistics.median(column):.2f}" for column in zip(*runs, strict=True)),
                "|",
            )


def measure(command: list[str], cache: Path) -> tuple[float, float, float]:
    """Run a command; return the seconds until the network was loaded, and from then to the first and last answers."""
    loaded: list[float] = []
    answers: list[float] = []
    open_model, add = default.open_model, Counter.add

    def opening(*given: Any, **options: Any) -> Any:
        found = open_model(*given, **options)
        loaded.append(time.perf_counter())
        return found

    def adding(counter: Counter, item: Any) -> None:
        add(counter, item)
        answers.append(time.perf_counter())

    with (
        mock.patch.dict(os.environ, {"DARKCSP_CACHE": str(cache)}),
        mock.patch.object(default, "open_model", opening),
        mock.patch.object(Counter, "add", adding),
    ):
        start = time.perf_counter()
        result = CliRunner().invoke(cli, command, catch_exceptions=False)
    if result.exit_code:
        raise SystemExit(result.output)
    return loaded[0] - start, answers[0] - loaded[0], answers[-1] - loaded[0]


if __name__ == "__main__":
    main()
