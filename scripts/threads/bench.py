"""Measures the requests per second to one Detector, by the number of threads that ask and of its workers.

    scripts/bench_threads [--threads 1 2 4 8] [--workers 1 2 4] [--seconds 1] [--rounds 3] [--cfg CFG]

A request is a complete call: a picture of 640x480 is prepared, run and interpreted. Prints a Markdown table for every
engine of every installed backend, with medians over rounds, in which the numbers of threads take turns.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

import numpy as np

from darkcsp import Detector
from scripts.arguments import parser
from scripts.bench.run.pictures import noise, threshold_for
from scripts.threads.asking import ask
from scripts.threads.detectors import add_arguments, chosen_network, ways

PICTURE = (640, 480)


def rates(detector: Detector, threads: Sequence[int], seconds: float, rounds: int) -> list[float]:
    """Return the requests per second for each number of threads."""
    picture = noise(np.random.default_rng(0), *PICTURE)
    begun = time.perf_counter()
    detector(picture)
    least, once = 4 * max(threads), time.perf_counter() - begun
    requests = max(int(seconds / once), least)
    found: list[list[float]] = [[] for _ in threads]
    for _ in range(rounds):
        for number, own in zip(threads, found, strict=True):
            own.append(requests / ask(number, requests, lambda _: detector(picture)))
    return [statistics.median(own) for own in found]


def main() -> None:
    """Measure and print."""
    arguments = parser("bench_threads", __doc__)
    arguments.add_argument("--threads", type=int, nargs="+", default=[1, 2, 4, 8], help="numbers of threads that ask")
    arguments.add_argument(
        "--workers", type=int, nargs="+", default=[1, 2, 4], help="numbers of the detector's workers"
    )
    arguments.add_argument("--seconds", type=float, default=1.0, help="approximate time for each figure in a round")
    arguments.add_argument("--rounds", type=int, default=3)
    add_arguments(arguments)
    options = arguments.parse_args()
    print(f"| engine | workers | {' | '.join(f'by {number}' for number in options.threads)} |")
    print(f"| --- | ---: |{' ---: |' * len(options.threads)}", flush=True)
    with chosen_network(options) as network:
        for way in ways(options.backend, options.workers, options.slow):
            detector = way.open(**network)
            detector(noise(np.random.default_rng(1), *PICTURE))  # caches and thread pools
            if options.cfg and not options.weights:
                detector.threshold = threshold_for(detector)
            figures = rates(detector, options.threads, options.seconds, options.rounds)
            print(f"| {way} | {way.workers} | {' | '.join(f'{figure:.0f}' for figure in figures)} |", flush=True)


if __name__ == "__main__":
    main()
