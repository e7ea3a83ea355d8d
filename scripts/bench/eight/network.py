"""One network run in every way, measured in turns."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from darkcsp.benchmark.measure import Plan, Timing, measure, ratio
from darkcsp.benchmark.models import Model
from darkcsp.graph import build_graph
from darkcsp.weightfile import read_weights
from scripts.bench.eight.exports import has_mish
from scripts.bench.eight.ways import chosen, make_jobs


@dataclass(frozen=True)
class Network:
    """Measurements of one network: its name, whether it has Mish, and a timing for each way."""

    name: str
    mish: bool
    timings: Mapping[str, Timing]

    def times_faster(self, way: str, peer: str) -> float | None:
        """Return how many times as fast a way is as a peer; None if either is missing."""
        one, other = self.timings.get(way), self.timings.get(peer)
        return ratio(other, one) if one and other and one.rounds and other.rounds else None

    def as_data(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        ways = {
            way: {"error": timing.error} if timing.error else {"name": timing.name, "seconds": list(timing.rounds)}
            for way, timing in self.timings.items()
        }
        return {"network": self.name, "mish": self.mish, "ways": ways}


def measure_network(model: Model, folder: Path, options: argparse.Namespace, report: Callable[[str], None]) -> Network:
    """Write the models that the ways need, and measure them together."""
    assert model.cfg is not None and model.weights is not None
    graph = build_graph(model.cfg)
    weights = read_weights(model.weights, graph)
    jobs = {way: job for way, job in make_jobs(model, graph, weights, folder, options) if chosen(options, way)}
    plan = Plan(options.rounds, options.seconds, clock="cpu" if options.cpu_time else "wall")
    timings = measure(list(jobs.values()), plan, report)
    return Network(model.name, has_mish(graph), dict(zip(jobs, timings, strict=True)))
