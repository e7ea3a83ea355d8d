"""Workers that need no model: `python -m tests.workers.stub`, whose options say how they behave."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from darkcsp.workers.process import Job
from darkcsp.workers.serving import Opened, serve


def job(**options: Any) -> Job:
    return Job((sys.executable, "-m", "tests.workers.stub"), options)


def open_stub(options: Mapping[str, Any]) -> Opened:
    print("libraries print things")
    if options.get("refuse"):
        raise RuntimeError(options["refuse"])
    runs = [0]

    def run() -> list[Any]:
        runs[0] += 1
        if runs[0] == options.get("dies_at"):
            print("out of luck", file=sys.stderr, flush=True)
            os._exit(3)
        if runs[0] == options.get("fails_at"):
            raise RuntimeError("\n second thoughts \nmore")
        time.sleep(options.get("sleep", 0.0))
        return [
            np.array([options.get("output", 1.0) + number], np.float32) for number in range(options.get("outputs", 1))
        ]

    return Opened(options.get("name", "stub"), run)


if __name__ == "__main__":
    serve(open_stub)
