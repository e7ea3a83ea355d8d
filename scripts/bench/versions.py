"""Compares what commands take with what they take in another checkout of darkcsp, in turns.

    scripts/bench_versions CHECKOUT [--cfg yolov4.cfg] [--rounds 9]

Start (`--help`, `info`), conversion of a cfg with random weights, and 40 pictures of examples/ through ONNX Runtime,
each as a process of its own. Prints medians of wall and processor seconds, and the median of the rounds' ratios of this
checkout to the other.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from darkcsp.benchmark.random_weights import write_random_weights
from darkcsp.graph import build_graph
from scripts.arguments import parser
from scripts.bench.turns import Times, ratios, take_turns
from scripts.places import ROOT, UPSTREAM

PICTURES = 40


def main() -> None:
    """Measure and print."""
    arguments = parser("bench_versions", __doc__)
    arguments.add_argument("checkout", type=Path, help="the folder of another version")
    arguments.add_argument("--cfg", type=Path, default=UPSTREAM / "AlexeyAB" / "darknet" / "cfg" / "yolov4.cfg")
    arguments.add_argument("--rounds", type=int, default=9)
    options = arguments.parse_args()
    checkouts = {"this": ROOT, "other": options.checkout.resolve()}
    print("| command | other, s | this, s | ratio | other, CPU s | this, CPU s | ratio |\n| --- |" + " ---: |" * 6)
    with tempfile.TemporaryDirectory() as name:
        for command, line in _commands(Path(name), options.cfg).items():
            print(_row(command, _measure(line, checkouts, options.rounds)), flush=True)


def _commands(folder: Path, cfg: Path) -> dict[str, list[str]]:
    weights = folder / "random.weights"
    write_random_weights(build_graph(cfg), weights)
    scenes = sorted((ROOT / "examples").glob("*.jpg"))
    (folder / "pictures").mkdir()
    for number in range(PICTURES):
        shutil.copy(scenes[number % len(scenes)], folder / "pictures" / f"{number}.jpg")
    run = ["run", str(folder / "pictures"), "--backend", "onnxruntime", "--no-draw", "-q", "--jsonl"]
    return {
        "--help": ["--help"],
        "info": ["info", str(cfg)],
        f"convert {cfg.name}": ["convert", str(cfg), str(weights), "-o", str(folder / "x.onnx")],
        f"run, {PICTURES} pictures": [*run, str(folder / "x.jsonl")],
    }


def _measure(line: Sequence[str], checkouts: Mapping[str, Path], rounds: int) -> list[Times]:
    """Return wall and processor seconds of each checkout's rounds."""
    processor: Times = {name: [] for name in checkouts}
    ways = {name: partial(_run, line, checkout, processor[name]) for name, checkout in checkouts.items()}
    take_turns(ways, range(1))  # warms caches
    for seconds in processor.values():
        seconds.clear()
    return [take_turns(ways, range(rounds)), processor]


def _run(line: Sequence[str], checkout: Path, processor: list[float], number: int) -> None:
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-P", "-m", "darkcsp", *line]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _row(command: str, found: Sequence[Times]) -> str:
    cells = [command]
    for times in found:
        other, this = times["other"], times["this"]
        cells += [f"{value:.3f}" for value in (median(other), median(this), median(ratios(this, other)))]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
