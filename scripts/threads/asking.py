"""Requests by several threads at once."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import numpy as np
import numpy.typing as npt

from darkcsp import Detector
from darkcsp.detect.preprocess import Picture
from scripts.bench.run.pictures import noise

Request = Sequence[Picture]
"""The pictures of one call."""

Answer = Sequence[npt.NDArray[Any]]
"""All arrays that a request returned."""

SIZES = ((320, 240), (192, 192), (104, 312), (640, 360), (248, 80))


def make_requests(count: int) -> list[Request]:
    """Return different requests with pictures of several sizes: one picture, or three in every fifth request."""
    rng = np.random.default_rng(0)
    return [
        [noise(rng, *SIZES[(number + i) % len(SIZES)]) for i in range(1 if number % 5 else 3)]
        for number in range(count)
    ]


def answer(detector: Detector, request: Request) -> Answer:
    """Return all results of a detector for a request: the outputs of the network, and the detections."""
    outputs = detector.infer([detector.prepare(picture) for picture in request])
    found = [detector.interpret(output, picture) for output, picture in zip(outputs, request, strict=True)]
    return [*outputs, *(part for item in found for part in (item.xyxy, item.confidence, item.class_id))]


def ask(threads: int, requests: int, do: Callable[[int], object]) -> float:
    """Run requests, numbered from 0, in several threads; return the seconds that they took."""
    numbers, start = itertools.count(), Barrier(threads + 1)

    def work() -> None:
        start.wait()
        while (number := next(numbers)) < requests:
            do(number)

    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(work) for _ in range(threads)]
        start.wait()
        begun = time.perf_counter()
        for future in futures:
            future.result()
        return time.perf_counter() - begun
