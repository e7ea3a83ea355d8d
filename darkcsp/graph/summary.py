"""A network as a table: a line for each layer, then the totals."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from darkcsp.description import html_table
from darkcsp.spec.program import WONGKINYIUS, Program
from darkcsp.spec.spec import Spec

if TYPE_CHECKING:
    from darkcsp.graph.graph import Graph

COLUMNS = ("", "layer", "filters", "size", "from", "input", "output", "parameters", "BFLOPs", "")

WIDTH = 100
"""Columns that the text fits: a layer with many sources goes on in the next line."""

_LEFT = {1, 4, 9}
_FROM = 4
_LEAST = 7  # columns of "from": two layer numbers


@dataclass(frozen=True, repr=False)
class Summary:
    """What `Graph.summary` returns: prints as a table of at most 100 columns, and shows as one in notebooks.

    Attributes:
        rows: for each layer a text for each of `COLUMNS`; the last is its activation.
        totals: (name, text) of the whole network.
    """

    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        widths = [max(map(len, column)) for column in zip(COLUMNS, *self.rows, strict=True)]
        others = sum(widths) - widths[_FROM]
        gap = "  " if others + _LEAST + 2 * (len(widths) - 1) <= WIDTH else " "
        widths[_FROM] = min(widths[_FROM], max(WIDTH - others - len(gap) * (len(widths) - 1), _LEAST))
        table = [line for row in (COLUMNS, *self.rows) for line in _lines(row, widths, gap)]
        return "\n".join([*table, "", *(f"{name:<10}  {text}" for name, text in self.totals)])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return html_table(COLUMNS, self.rows) + html_table(("", ""), self.totals)


def summary_of(graph: Graph) -> Summary:
    """Return the table of a graph."""
    return Summary(tuple(map(_row, graph.layers)), totals(graph))


def totals(graph: Graph) -> tuple[tuple[str, str], ...]:
    """Return (name, text) of what there is to say of a network as a whole."""
    c, h, w = graph.input
    return (
        ("input", f"{w}x{h}, {c} channels" if (h, w) != (1, 1) else f"{c} values"),
        ("program", _program(graph.program)),
        ("layers", str(len(graph.layers))),
        ("heads", ", ".join(f"{head.index} [{head.type}]" for head in graph.heads) or "none"),
        ("parameters", f"{graph.parameters:,}"),
        ("BFLOPs", f"{graph.flops / 1e9:.6f}"),
    )


def _lines(row: tuple[str, ...], widths: list[int], gap: str) -> list[str]:
    """Lay a row out, with the sources that do not fit in lines of their own."""
    sources, *more = wrap(row[_FROM], widths[_FROM]) or [""]
    cells = [
        cell.ljust(width) if column in _LEFT else cell.rjust(width)
        for column, (cell, width) in enumerate(zip((*row[:_FROM], sources, *row[_FROM + 1 :]), widths, strict=True))
    ]
    indent = " " * (sum(widths[:_FROM]) + len(gap) * _FROM)
    return [gap.join(cells).rstrip(), *(indent + rest for rest in more)]


def _row(spec: Spec) -> tuple[str, ...]:
    activation = getattr(spec, "activation", "linear")
    return (
        str(spec.index),
        spec.type,
        _filters(spec),
        _window(spec),
        _sources(spec),
        str(spec.input),
        str(spec.output_to_next),
        _parameters(spec),
        f"{spec.flops / 1e9:.3f}" if spec.flops else "",
        "" if activation == "linear" else activation,
    )


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


def _sources(spec: Spec) -> str:
    if spec.sources == (spec.index - 1,):
        return ""
    shown = " ".join(str(source) for source in spec.sources)
    if spec.source_group is None:
        return shown
    group, groups = spec.source_group
    return f"{shown} {group + 1}/{groups}"


def _parameters(spec: Spec) -> str:
    """Numbers that a `.weights` file holds for the layer, or the layer whose own it shares."""
    if spec.parameters_of != spec.index:
        return f"of {spec.parameters_of}"
    return f"{sum(blob.size for blob in spec.stored):,}" if spec.stored else ""


def _program(program: Program) -> str:
    if program.author in WONGKINYIUS:
        return f"{program.author}'s PyTorch program"
    return f"{program.author}'s Darknet, semantics {program.semantics}"
