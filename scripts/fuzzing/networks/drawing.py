"""A random network: sections are drawn one after another, and drawn again if a program refuses them."""

from __future__ import annotations

from random import Random

from darkcsp.errors import CfgError
from darkcsp.graph import Graph
from darkcsp.spec.shape import Shape
from scripts.fuzzing.networks.families import Family
from scripts.fuzzing.networks.sections import EXACT, FREQUENT, Above, section

SIZES = ((7, 6), (12, 9), (20, 16), (27, 20))
CHANNELS = (3, 4, 32)
MOST_VALUES = 20_000
"""Of a layer's output."""

ATTEMPTS = 60


def draw_network(family: Family, seed: int, sections: int) -> tuple[str, Graph]:
    """Return the text and graph of a network with about this many sections. Equal seeds give equal networks."""
    random = Random(seed)
    (width, height), channels = random.choice(SIZES), random.choice(CHANNELS)
    text = section("net", width=width, height=height, channels=channels)
    above = Above(random, Shape(channels, height, width), 0, is_exact=True)
    graph: Graph | None = None
    for _ in range(sections):
        for _ in range(ATTEMPTS):
            name = random.choice([*family.sections, *FREQUENT])
            longer = text + family.sections[name](above)
            if (grown := _accepted(family, longer)) is not None:
                text, graph = longer, grown
                shape, is_exact = graph.layers[-1].output_to_next, above.is_exact and name in EXACT
                above = Above(random, shape, len(graph.layers), is_exact)
                break
    assert graph is not None, f"seed {seed}: every section is refused"
    return text, graph


def _accepted(family: Family, text: str) -> Graph | None:
    try:
        graph = family.build(text)
    except CfgError:
        return None
    return graph if all(spec.output.size <= MOST_VALUES for spec in graph.layers) else None
