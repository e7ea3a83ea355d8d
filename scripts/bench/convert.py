"""Wall time and peak memory of `darkcsp convert` on a cfg of 64 million parameters, process start included.

    scripts/bench_convert CFG [--runs 7]

Weights are random. Prints the median and the spread, and the memory as a multiple of the weights file.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from darkcsp.benchmark.random_weights import write_random_weights
from darkcsp.graph import build_graph
from scripts.arguments import parser

COMMAND = Path(sys.executable).with_name("darkcsp")


def main() -> None:
    """Measure and print."""
    arguments = parser("bench_convert", __doc__)
    arguments.add_argument("cfg")
    arguments.add_argument("--runs", type=int, default=7)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder, "x.weights")
        write_apart(options.cfg, weights)
        size = weights.stat().st_size
        runs = [run(options.cfg, weights, Path(folder, "x.onnx")) for _ in range(options.runs)]
    times = [seconds for seconds, _ in runs]
    peak = max(peak for _, peak in runs)
    print(f"{options.cfg}: {size / 4e6:.1f} million parameters, weights file {size / 1e6:.0f} MB")
    print(
        f"wall time   median {statistics.median(times):.2f} s, {min(times):.2f} to {max(times):.2f}, {len(times)} runs"
    )
    print(f"peak memory {peak / 1e6:.0f} MB, {peak / size:.2f} times the weights file")


def write_apart(cfg: str, weights: Path) -> None:
    """Write random weights in another process, because a child's peak memory starts at its parent's peak."""
    process = multiprocessing.get_context("spawn").Process(target=write, args=(cfg, weights))
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(1)  # it has already printed the reason


def write(cfg: str, weights: Path) -> None:
    """Write random weights for a cfg."""
    write_random_weights(build_graph(cfg), weights)


def run(cfg: str, weights: Path, out: Path) -> tuple[float, int]:
    """Convert once in a separate process; return seconds and peak resident bytes."""
    start = time.perf_counter()
    process = subprocess.Popen([COMMAND, "convert", cfg, weights, "-o", out], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        sys.exit(f"convert failed with status {status}")
    return seconds, usage.ru_maxrss * 1024


if __name__ == "__main__":
    main()
