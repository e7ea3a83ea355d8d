"""The cost of preparing and interpreting video frames relative to the network."""

from __future__ import annotations

import statistics
import time

import numpy as np

from darkcsp import Detector
from darkcsp.arrays import Array
from scripts.bench.run.pictures import FRAME, noise


def share(detector: Detector, frames: int = 90) -> None:
    """Print the cost of preparing and interpreting video frames relative to the network."""
    rng = np.random.default_rng(1)
    pictures = [noise(rng, *FRAME) for _ in range(5)]
    prepare, network = list[float](), list[float]()
    interpret: dict[str, list[float]] = {"": [], ", objectness 0 but where something is found": []}
    # With random weights all boxes have objectness above the threshold, with trained weights only a few. Rows are made
    # beforehand: rows that were just written would be in the cache, and interpreted faster than those of a network.
    sparse = [few_boxes(detector, detector.infer([detector.prepare(picture)])[0]) for picture in pictures]
    for number in range(frames):
        picture = pictures[number % len(pictures)]
        start = time.perf_counter()
        prepared = detector.prepare(picture)
        after_prepare = time.perf_counter()
        (output,) = detector.infer([prepared])
        after_network = time.perf_counter()
        rows = sparse[number % len(pictures)] if number % 2 else output
        before = time.perf_counter()
        detector.interpret(rows, picture)
        list(interpret.values())[number % 2].append(time.perf_counter() - before)
        prepare.append(after_prepare - start)
        network.append(after_network - after_prepare)
    first, whole = statistics.median(prepare), statistics.median(network)
    print(f"frames of {FRAME[0]}x{FRAME[1]}: network {1000 * whole:.2f} ms, prepare {1000 * first:.2f} ms")
    for what, seconds in interpret.items():
        last = statistics.median(seconds)
        print(
            f"interpret{what} {1000 * last:.2f} ms: {100 * (first + last) / whole:.1f} % of the network's with prepare"
        )


def few_boxes(detector: Detector, rows: Array) -> Array:
    """Return rows in which boxes with no class above the threshold have no objectness either."""
    return np.where((rows[:, 5:] > detector.threshold).any(1, keepdims=True), rows, np.float32(0))
