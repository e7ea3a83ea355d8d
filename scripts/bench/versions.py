"""Compares the run time of commands with that in another checkout of darkcsp, in turns.

    scripts/bench_versions CHECKOUT [--cfg yolov4.cfg] [--rounds 9]

The commands are start-up (`--help`, `info`), conversion of a cfg with random weights to a new file and over an existing
one, and 40 pictures of examples/ on ONNX Runtime, each in its own process. Prints the medians of wall and processor
seconds, and the median over the rounds of the ratio of this checkout to the other. The modules of both are compiled, as
in installed packages.
"""

from __future__ import annotations

import compileall
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
from typing import NamedTuple

from darkcsp.benchmark.random_weights import write_random_weights
from darkcsp.graph import build_graph
from scripts.arguments import parser
from scripts.bench.turns import Times, ratios, take_turns
from scripts.places import ROOT, UPSTREAM

PICTURES = 40


class Command(NamedTuple):
    """The arguments of `darkcsp`, and the file that is removed before each run."""

    line: Sequence[str]
    fresh: Path | None = None


def main() -> None:
    """Measure and print."""
    arguments = parser("bench_versions", __doc__)
    arguments.add_argument("checkout", type=Path, help="the folder of another version")
    arguments.add_argument("--cfg", type=Path, default=UPSTREAM / "AlexeyAB" / "darknet" / "cfg" / "yolov4.cfg")
    arguments.add_argument("--rounds", type=int, default=9)
    options = arguments.parse_args()
    checkouts = {"this": ROOT, "other": options.checkout.resolve()}
    for checkout in checkouts.values():
        compileall.compile_dir(checkout / "darkcsp", quiet=1)
    print("| command | other, s | this, s | ratio | other, CPU s | this, CPU s | ratio |\n| --- |" + " ---: |" * 6)
    with tempfile.TemporaryDirectory() as name:
        for title, command in _commands(Path(name), options.cfg).items():
            print(_row(title, _measure(command, checkouts, options.rounds)), flush=True)


def _commands(folder: Path, cfg: Path) -> dict[str, Command]:
    weights = folder / "random.weights"
    write_random_weights(build_graph(cfg), weights)
    scenes = sorted((ROOT / "examples").glob("*.jpg"))
    (folder / "pictures").mkdir()
    for number in range(PICTURES):
        shutil.copy(scenes[number % len(scenes)], folder / "pictures" / f"{number}.jpg")
    run = ["run", str(folder / "pictures"), "--backend", "onnxruntime", "--no-draw", "-q", "--jsonl"]
    out = folder / "x.onnx"
    convert = ["convert", str(cfg), str(weights), "-o", str(out)]
    return {
        "--help": Command(["--help"]),
        "info": Command(["info", str(cfg)]),
        f"convert {cfg.name}": Command(convert, fresh=out),
        "the same, over the last file": Command(convert),
        f"run, {PICTURES} pictures": Command([*run, str(folder / "x.jsonl")]),
    }


def _measure(command: Command, checkouts: Mapping[str, Path], rounds: int) -> list[Times]:
    """Return wall and processor seconds of each checkout's rounds."""
    processor: Times = {name: [] for name in checkouts}
    ways = {name: partial(_run, command, checkout, processor[name]) for name, checkout in checkouts.items()}
    take_turns(ways, range(1))  # warms caches
    for seconds in processor.values():
        seconds.clear()
    return [take_turns(ways, range(rounds)), processor]


def _run(command: Command, checkout: Path, processor: list[float], number: int) -> None:
    if command.fresh is not None:
        command.fresh.unlink(missing_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    line = [sys.executable, "-P", "-m", "darkcsp", *command.line]
    subprocess.run(line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
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
