"""Runs one engine for another process: `python -m darkcsp.runtimes.worker`; see `workers.serving` for the protocol."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from darkcsp.errors import CfgWarning
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.backends import backend_named
from darkcsp.runtimes.loading import open_candidate
from darkcsp.runtimes.runtime import noise
from darkcsp.runtimes.source import ModelSource, read_source
from darkcsp.workers.memory import limit_growth
from darkcsp.workers.serving import Opened, serve


def worker_options(source: ModelSource, candidate: Candidate, threads: int | None) -> dict[str, Any]:
    """Return the options with which a worker opens a model with one engine."""
    engine = [candidate.backend, candidate.engine]
    return {"source": source.arguments, "engine": engine, "device": candidate.device, "threads": threads}


def open_engine(options: Mapping[str, Any]) -> Opened:
    """Open a model with one engine for one random picture; `options` are those of `worker_options`.

    With the option `room`, opening and running it may use at most that many bytes.
    """
    if "room" in options:
        backend_named(options["engine"][0]).library()  # not counted
        limit_growth(options["room"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CfgWarning)
        source = read_source(options["source"])
        backend, engine = options["engine"]
        runtime = open_candidate(source, Candidate(backend, engine, options["device"]), options["threads"])
    picture = noise(runtime)
    return Opened(runtime.name, lambda: runtime.run(picture))


if __name__ == "__main__":
    serve(open_engine)
