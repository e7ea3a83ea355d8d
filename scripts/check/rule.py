"""Measures whether the engine of OpenCV that is chosen by rule is the faster one, network by network.

    scripts/check_rule [--only csresnext50 ...] [--threads 2] [--seconds 3] [--rounds 5] [--repeat 1]

The networks of scripts/bench_eight and all models of the zoo, with random weights and the sizes of their cfgs. Both
engines run in turns in one process, each on a model that is written for it. The ratio is the median of the rounds'
ratios: other work on the machine disturbs both runs of a round alike. Prints a Markdown table, and how often the chosen
engine takes at most 5 % longer than the other. --repeat goes through all networks several times, which shows how far
the figures are to be trusted: the rounds of all passes count together.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import warnings
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from darkcsp import zoo
from darkcsp.benchmark.models import find_models
from darkcsp.detect.default import NAME
from darkcsp.errors import CfgWarning
from darkcsp.graph import build_graph
from darkcsp.runtimes import Runtime, engines_of, open_runtime
from darkcsp.runtimes.runtime import Pixels, noise
from scripts.arguments import parser
from scripts.bench import networks
from scripts.bench.turns import Times, ratios, rounds_for, take_turns
from scripts.places import UPSTREAM

LARGEST = 1.05
"""How many times as long as the other engine the chosen one may take."""

warnings.simplefilter("ignore", CfgWarning)


@dataclass(frozen=True)
class Row:
    """A network: its intensity, the engine that the rule chooses, and the seconds of both engines' rounds."""

    name: str
    intensity: float
    chosen: str
    times: Times

    @property
    def ratio(self) -> float:
        """How many times as long as the other engine the chosen one takes."""
        (other,) = (times for engine, times in self.times.items() if engine != self.chosen)
        return statistics.median(ratios(self.times[self.chosen], other))

    @property
    def quickest(self) -> float:
        """The same for each engine's quickest run, which other work disturbs least."""
        (other,) = (times for engine, times in self.times.items() if engine != self.chosen)
        return min(self.times[self.chosen]) / min(other)

    @property
    def holds(self) -> bool:
        """Whether that is within 5 %."""
        return self.ratio <= LARGEST


def main() -> None:
    """Measure and print."""
    options = parse()
    engines = engines_of("opencv")
    if len(engines) != 2:
        sys.exit(f"OpenCV has {len(engines)} engines here; the rule chooses between two: {', '.join(engines)}")
    eight = networks.find_networks(argparse.Namespace(**{**vars(options), "only": None}))
    names = dict.fromkeys([*eight, *models_of_the_zoo()])
    chosen = [name for name in names if not options.only or Path(name).stem in options.only]
    rows: dict[str, Row] = {}
    for _ in range(options.repeat):
        for name in chosen:
            row = measure(name, engines, options)
            rows[name] = merged(rows[name], row) if name in rows else row
            print(line(rows[name], engines), file=sys.stderr)  # so that something is there if a run is cut short
    print(table(list(rows.values()), engines))
    for title, group in (("networks of scripts/bench_eight", eight), ("models of the zoo", models_of_the_zoo())):
        found = [rows[name] for name in group if name in rows]
        print(f"\n{title}: the chosen engine is within 5 % for {sum(row.holds for row in found)} of {len(found)}")


def parse() -> argparse.Namespace:
    """Read the command line."""
    arguments = parser("check_rule", __doc__)
    arguments.add_argument("--only", nargs="+", metavar="NETWORK", help="some of the networks")
    arguments.add_argument("--darknet-cfgs", nargs="+", type=Path, default=[UPSTREAM], help="folders with cfgs")
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--seconds", type=float, default=3.0, help="for each network, at the least")
    arguments.add_argument("--rounds", type=int, default=5, help="for each network, at the least")
    arguments.add_argument("--repeat", type=int, default=1, help="how often to go through all of them")
    return arguments.parse_args()


def models_of_the_zoo() -> list[str]:
    """Return the names of the models that the documents are about."""
    return [name for name in zoo.list_models() if name != NAME]


def measure(name: str, engines: tuple[str, ...], options: argparse.Namespace) -> Row:
    """Open a network with both engines, which take turns."""
    with tempfile.TemporaryDirectory() as folder:
        (model,) = find_models([name], Path(folder))
        assert model.cfg is not None
        files = {"cfg": model.cfg, "weights": model.weights, "threads": options.threads}
        by_rule = open_runtime(**files).name.partition("/")[2]
        opened = {engine: open_runtime(**files, engine=engine) for engine in engines}
        intensity = build_graph(model.cfg).intensity
    picture = noise(opened[by_rule])
    ways = {engine: partial(run, runtime, picture) for engine, runtime in opened.items()}
    take_turns(ways, range(2))
    return Row(model.name, intensity, by_rule, take_turns(ways, rounds_for(options.seconds, options.rounds)))


def run(runtime: Runtime, picture: Pixels, number: int) -> None:
    """Run a model once."""
    runtime.run(picture)


def merged(one: Row, other: Row) -> Row:
    """Return a network with the rounds of both passes."""
    times = {engine: one.times[engine] + other.times[engine] for engine in one.times}
    return Row(one.name, one.intensity, one.chosen, times)


def table(rows: list[Row], engines: tuple[str, ...]) -> str:
    """Return a Markdown table."""
    columns = ["network", "intensity", *(f"{engine}, ms" for engine in engines), "chosen", "times the other"]
    head = f"| {' | '.join([*columns, 'quickest runs', 'within 5 %'])} |"
    rule = f"| --- | ---: |{' ---: |' * len(engines)} --- | ---: | ---: | --- |"
    return "\n".join([head, rule, *(line(row, engines) for row in rows)])


def line(row: Row, engines: tuple[str, ...]) -> str:
    """Return a row of the table."""
    times = " | ".join(f"{1000 * statistics.median(row.times[engine]):.1f}" for engine in engines)
    verdict = f"{row.ratio:.2f} | {row.quickest:.2f} | {'yes' if row.holds else '**no**'}"
    return f"| {row.name} | {row.intensity:.0f} | {times} | {row.chosen} | {verdict} |"


if __name__ == "__main__":
    main()
