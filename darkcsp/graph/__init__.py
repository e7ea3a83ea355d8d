"""Build a Graph from a cfg's sections: resolved references, shapes, heads, totals. Standard library only."""

from darkcsp.graph.build import build_graph
from darkcsp.graph.graph import Graph

__all__ = ["Graph", "build_graph"]
