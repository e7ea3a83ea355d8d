"""`darkcsp info`: a network layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from darkcsp.cli.files import ReadFile
from darkcsp.cli.reading import reading_options
from darkcsp.cli.telling import tell
from darkcsp.cli.types import Size
from darkcsp.errors import CfgError, Place
from darkcsp.graph import Graph, build_graph
from darkcsp.graph.differences import Differences, differences
from darkcsp.json_text import json_text
from darkcsp.limits import Limits
from darkcsp.spec.program import WONGKINYIUS, Dialect, Program, Semantics

if TYPE_CHECKING:
    from darkcsp.weightfile import Weights


@click.command()
@click.argument("cfg", type=ReadFile())
@click.argument("weights", type=ReadFile(), required=False)
@click.option("--size", type=Size(), help="Input size in place of the cfg's own.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--strict", is_flag=True, help="Take what Darknet silently ignores or replaces as an error.")
@reading_options
def info(
    cfg: str,
    weights: str | None,
    size: tuple[int, int] | None,
    as_json: bool,
    strict: bool,
    semantics: Semantics,
    dialect: Dialect,
    permissive: bool,
    limits: Limits,
) -> None:
    """Show the layers of CFG, and with WEIGHTS which of them the file covers."""
    graph = build_graph(cfg, size, semantics=semantics, dialect=dialect, permissive=permissive, limits=limits)
    loaded = None
    if weights is not None:
        from darkcsp.checkpoint import read_parameters

        loaded = read_parameters(weights, graph, strict)
    for notice in (*graph.notices, *(loaded.notices if loaded else ())):
        tell(str(notice))
    if strict and graph.notices:
        raise CfgError(Place(cfg), f"has {len(graph.notices)} lines that Darknet does not read as they are written")
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
        "dialect": graph.program.author,  # its name in 0.1
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
            "version": f"{header.major}.{header.minor}.{header.revision}",
            "seen": header.seen,
            "layers_loaded": list(loaded.layers_loaded),
            "layers_total": loaded.layers_total,
            "faults": [fault._asdict() for fault in loaded.faults],
        }
    return data


def _print_table(graph: Graph, loaded: Weights | None) -> None:
    rows = [
        (
            str(spec.index),
            spec.type,
            _filters(spec),
            _window(spec),
            _sources(spec),
            str(spec.input),
            str(spec.output_to_next),
            f"{sum(blob.size for blob in spec.stored):,}" if spec.stored else "",
            f"{spec.flops / 1e9:.3f}" if spec.flops else "",
            _remark(spec),
        )
        for spec in graph.layers
    ]
    heads = ("", "layer", "filters", "size/stride", "from", "input", "output", "parameters", "BFLOPs", "")
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    left = {1, 4, 9}
    for row in [heads, *rows]:
        cells = [
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())
    click.echo()
    for line in _totals(graph, loaded):
        click.echo(line)


def _filters(spec: Any) -> str:
    filters = getattr(spec, "filters", None)
    groups = getattr(spec, "groups", 1)
    if filters is None:
        return ""
    return f"{filters}/{groups}" if groups > 1 else str(filters)


def _window(spec: Any) -> str:
    size, stride = getattr(spec, "size", None), getattr(spec, "stride", None)
    if stride is None:
        return ""
    if getattr(spec, "blur", None):
        stride = spec.blur.stride
    down, across = stride if isinstance(stride, tuple) else (stride, stride)
    text = f"{down}" if down == across else f"{down}x{across}"
    dilation = f"({spec.dilation})" if getattr(spec, "dilation", 1) > 1 else ""
    return f"{size}x{size}/{text}{dilation}" if size else f"/{text}"


def _sources(spec: Any) -> str:
    if spec.sources == (spec.index - 1,):
        return ""
    shown = " ".join(str(source) for source in spec.sources)
    if spec.source_group is None:
        return shown
    group, groups = spec.source_group
    return f"{shown} {group + 1}/{groups}"


def _remark(spec: Any) -> str:
    words = []
    activation = getattr(spec, "activation", "linear")
    if activation != "linear":
        words.append(activation)
    if spec.parameters_of != spec.index:
        words.append(f"shares {spec.parameters_of}")
    return " ".join(words)


def _program(program: Program) -> str:
    if program.author in WONGKINYIUS:
        return f"{program.author}'s PyTorch program"
    return f"{program.author}'s Darknet, semantics {program.semantics}"


def _totals(graph: Graph, loaded: Weights | None) -> list[str]:
    c, h, w = graph.input
    lines = [
        f"input       {w}x{h}, {c} channels" if (h, w) != (1, 1) else f"input       {c} values",
        f"program     {_program(graph.program)}",
        f"layers      {len(graph.layers)}",
        f"heads       {', '.join(f'{head.index} [{head.type}]' for head in graph.heads) or 'none'}",
        f"parameters  {graph.parameters:,}",
        f"BFLOPs      {graph.flops / 1e9:.6f}",
    ]
    if loaded is not None:
        header = loaded.header
        covered = (
            "all layers"
            if not loaded.is_partial
            else f"{len(loaded)} of {loaded.layers_total} layers with parameters, up to layer {max(loaded)}"
        )
        version = f"{header.major}.{header.minor}.{header.revision}"
        lines.append(f"weights     {covered}; version {version}, {header.seen:,} images seen")
    return lines
