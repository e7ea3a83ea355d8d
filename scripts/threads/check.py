"""Compares the answers that many threads get from one Detector with those that one thread gets.

    scripts/check_threads [--requests 10000] [--threads 8] [--workers 1 4] [--cfg CFG [--weights WEIGHTS]]

Every engine of every installed backend gets this many requests, with pictures of several sizes, one or three at a time.
The network's outputs and the detections are compared. Prints a Markdown table; exits with 1 if an answer is missing or
differs by more than rounding.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import NamedTuple

import numpy as np

from darkcsp import Detector
from darkcsp.errors import DarkcspError
from scripts.arguments import parser
from scripts.bench.run.pictures import threshold_for
from scripts.threads.asking import Answer, answer, ask, make_requests
from scripts.threads.detectors import Way, add_arguments, chosen_network, ways

DIFFERENT = 10
"""Number of different requests; all others repeat them."""

TOLERANCE = 1e-5
"""The largest absolute or relative difference between two answers that counts as rounding."""


class Verdict(NamedTuple):
    """The numbers of answers of each kind, and the first error."""

    equal: int
    rounded: int
    wrong: int
    failed: int
    error: str = ""
    seconds: float = 0

    @property
    def is_right(self) -> bool:
        """Whether all of them were right."""
        return not (self.wrong or self.failed)


def compare(detector: Detector, threads: int, requests: int) -> Verdict:
    """Ask a detector from one thread, then from many."""
    different = make_requests(min(DIFFERENT, requests))
    wanted = [answer(detector, request) for request in different]
    verdicts: list[str] = []
    errors: list[str] = []

    def do(number: int) -> None:
        which = number % len(different)
        try:
            verdicts.append(judge(answer(detector, different[which]), wanted[which]))
        except DarkcspError as error:
            errors.append(str(error))

    seconds = ask(threads, requests, do)
    found = Counter(verdicts)
    return Verdict(found["equal"], found["rounded"], found["wrong"], len(errors), errors[0] if errors else "", seconds)


def judge(found: Answer, wanted: Answer) -> str:
    """Tell whether an answer is "equal" (bitwise), "rounded" or "wrong"."""
    if [array.shape for array in found] != [array.shape for array in wanted]:
        return "wrong"
    pairs = list(zip(found, wanted, strict=True))
    if all(np.array_equal(one, other) for one, other in pairs):
        return "equal"
    close = all(np.allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE) for one, other in pairs)
    return "rounded" if close else "wrong"


def row(way: Way, verdict: Verdict) -> str:
    """Return a row of the table."""
    equal, rounded, wrong, failed, error, seconds = verdict
    asked = equal + rounded + wrong + failed
    cells = (way, way.workers, asked, equal, rounded, wrong, failed, f"{asked / seconds:.0f}")
    return f"| {' | '.join(map(str, cells))} |{f' {error}' if error else ''}"


def main() -> None:
    """Compare and print."""
    arguments = parser("check_threads", __doc__)
    arguments.add_argument("--requests", type=int, default=10_000, help="requests to each engine")
    arguments.add_argument("--threads", type=int, default=8, help="number of threads that ask")
    arguments.add_argument("--workers", type=int, nargs="+", default=[1], help="numbers of workers of the detector")
    add_arguments(arguments)
    options = arguments.parse_args()
    print("| engine | workers | requests | equal | equal but for rounding | wrong | errors | per second |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    right = True
    with chosen_network(options) as network:
        for way in ways(options.backend, options.workers, options.slow):
            detector = way.open(**network)
            detector.threshold = threshold_for(detector)
            verdict = compare(detector, options.threads, options.requests)
            print(row(way, verdict), flush=True)
            right &= verdict.is_right
    sys.exit(not right)


if __name__ == "__main__":
    main()
