"""`darkcsp info`: shows a network layer by layer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from darkcsp.cli.files import ReadFile
from darkcsp.cli.reading import reading_options
from darkcsp.cli.status import status_line
from darkcsp.cli.telling import tell
from darkcsp.cli.types import Size
from darkcsp.errors import CfgError, Place
from darkcsp.graph import Graph, build_graph
from darkcsp.graph.differences import Differences, differences
from darkcsp.json_text import json_text
from darkcsp.limits import Limits
from darkcsp.progress import step
from darkcsp.spec.program import Dialect, Semantics

if TYPE_CHECKING:
    from darkcsp.weightfile import Weights


@click.command()
@click.argument("cfg", type=ReadFile())
@click.argument("weights", type=ReadFile(), required=False)
@click.option("--size", type=Size(), help="Input size; overrides the cfg's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--strict", is_flag=True, help="Treat anything that Darknet silently ignores or replaces as an error.")
@click.option("-q", "--quiet", is_flag=True, help="Do not show progress.")
@reading_options
def info(
    cfg: str,
    weights: str | None,
    size: tuple[int, int] | None,
    as_json: bool,
    strict: bool,
    quiet: bool,
    semantics: Semantics,
    dialect: Dialect,
    permissive: bool,
    limits: Limits,
) -> None:
    """Show the layers of CFG and, if WEIGHTS is given, which of them that file covers."""
    graph = build_graph(cfg, size, semantics=semantics, dialect=dialect, permissive=permissive, limits=limits)
    loaded = None
    notices = list(graph.notices)
    if weights is not None:
        from darkcsp.checkpoint import read_parameters

        with status_line(quiet):
            step(f"reading {Path(weights).name}")
            loaded = read_parameters(weights, graph, strict)
            notices += loaded.notices  # reads the arrays
    for notice in notices:
        tell(str(notice))
    if strict and graph.notices:
        raise CfgError(Place(cfg), f"has {len(graph.notices)} lines that Darknet silently ignores or replaces")
    other = differences(graph)
    if other.line:
        tell(other.line)
    if as_json:
        click.echo(json_text(_as_data(graph, loaded, other), indent=1))
    else:
        _print_table(graph, loaded)


def _as_data(graph: Graph, loaded: Weights | None, other: Differences) -> dict[str, Any]:
    layers = [
        {
            "index": spec.index,
            "type": spec.type,
            "line": spec.place.line,
            "sources": list(spec.sources),
            "input": list(spec.input),
            "output": list(spec.output),
            "parameters": sum(blob.size for blob in spec.stored),
            "bflops": spec.flops / 1e9,
            **{key: getattr(spec, key) for key in ("filters", "size", "stride", "activation") if hasattr(spec, key)},
        }
        for spec in graph.layers
    ]
    data: dict[str, Any] = {
        "cfg": graph.cfg.path,
        "sha256": graph.cfg.sha256,
        "author": graph.program.author,
        "dialect": graph.program.author,  # the name of "author" in 0.1
        "semantics": graph.program.semantics,
        "differing": {"semantics": other.semantics, "layers": other.indices, "refusal": other.refusal or None},
        "input": list(graph.input),
        "layers": layers,
        "heads": [head.index for head in graph.heads],
        "parameters": graph.parameters,
        "bflops": graph.flops / 1e9,
        "notices": [str(notice) for notice in graph.notices],
    }
    if loaded is not None:
        header = loaded.header
        data["weights"] = {
            "path": loaded.path,
            "version": header.version,
            "seen": header.seen,
            "layers_loaded": list(loaded.layers_loaded),
            "layers_total": loaded.layers_total,
            "faults": [fault._asdict() for fault in loaded.faults],
        }
    return data


def _print_table(graph: Graph, loaded: Weights | None) -> None:
    click.echo(str(graph.summary()))
    if loaded is not None:
        covered = (
            "all layers"
            if not loaded.is_partial
            else f"{len(loaded)} of {loaded.layers_total} layers with parameters, up to layer {max(loaded)}"
        )
        header = loaded.header
        click.echo(f"weights     {covered}; version {header.version}, {header.seen:,} images seen")
