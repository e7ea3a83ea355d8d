"""Tables of milliseconds and ratios."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Column, Table

from darkcsp.benchmark.measure import Timing
from scripts.bench.eight.claims import CLAIMS, NOISE, settle
from scripts.bench.eight.network import Network
from scripts.bench.eight.ways import OURS


def show(console: Console, networks: Sequence[Network]) -> None:
    """Print milliseconds, and the reasons for failures."""
    ways = list(dict.fromkeys(way for network in networks for way in network.timings))
    grid = Table("milliseconds, median", *(Column(way, justify="right", no_wrap=True) for way in ways), "chosen")
    for network in networks:
        ours = network.timings.get(OURS)
        cells = [milliseconds(network.timings.get(way)) for way in ways]
        grid.add_row(network.name, *cells, ours.name.partition("/")[2] if ours else "")
    console.print(grid)
    for network in networks:
        for way, timing in network.timings.items():
            if timing.error:
                console.print(f"{network.name}, {way}: {timing.error}", soft_wrap=True)


def line(network: Network) -> str:
    """Return the times of a network in one line."""
    return f"{network.name}: " + ", ".join(f"{way} {milliseconds(timing)}" for way, timing in network.timings.items())


def milliseconds(timing: Timing | None) -> str:
    """Return a cell."""
    if timing is None:
        return ""
    return "failed" if timing.error else f"{1000 * timing.median:.2f}"


def judge(console: Console, networks: Sequence[Network]) -> None:
    """Print ratios, and whether each claim holds."""
    lines = [found for claim in CLAIMS if (found := settle(claim, networks)) is not None]
    grid = Table("times as fast", *(Column(line.claim.title, justify="right") for line in lines))
    for network in networks:
        grid.add_row(network.name, *(cell(line.ratios.get(network.name)) for line in lines))
    grid.add_section()
    grid.add_row("geometric mean", *(cell(line.mean) for line in lines))
    console.print(grid)
    for line in lines:
        if line.claim.wanted:
            console.print(f"{line.claim.text}: {line.verdict}", soft_wrap=True)
    console.print("It is enough if one of the claims for bf16 and int8 holds.")
    console.print(f"A ratio that must be 1 may fall short by {NOISE:g}, as two equal processes differ by as much.")


def cell(ratio: float | None) -> str:
    """Return a ratio as text."""
    return "" if ratio is None else f"{ratio:.2f}"
