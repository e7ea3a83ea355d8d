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
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from darkcsp.benchmark.random_weights import write_random_weights
from darkcsp.graph import build_graph
from scripts.arguments import parser
from scripts.places import ROOT, UPSTREAM

PICTURES = 40


class Taken(NamedTuple):
    """Seconds of one run."""

    wall: float
    processor: float


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


def _measure(line: Sequence[str], checkouts: Mapping[str, Path], rounds: int) -> dict[str, list[Taken]]:
    found: dict[str, list[Taken]] = {name: [] for name in checkouts}
    for number in range(rounds + 1):
        for name in list(checkouts) if number % 2 else list(checkouts)[::-1]:
            taken = _run(line, checkouts[name])
            if number:  # the first warms caches
                found[name].append(taken)
    return found


def _run(line: Sequence[str], checkout: Path) -> Taken:
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-P", "-m", "darkcsp", *line]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(time.perf_counter() - start, processor)


def _row(command: str, found: Mapping[str, Sequence[Taken]]) -> str:
    cells = [command]
    for kind in Taken._fields:
        other, this = ([getattr(taken, kind) for taken in found[name]] for name in ("other", "this"))
        ratio = median(new / old for new, old in zip(this, other, strict=True))
        cells += [f"{median(other):.3f}", f"{median(this):.3f}", f"{ratio:.3f}"]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
