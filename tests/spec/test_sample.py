"""The sample of every layer makes sense to each program that knows it, and runs alike in both backends."""

from __future__ import annotations

import pytest

from darkcsp.graph import Graph
from darkcsp.layers import Spec, registered
from darkcsp.spec.program import Author
from tests.recurrence import assert_backends_agree
from tests.single import graph_as

SPECS = sorted(set(registered().values()), key=lambda spec: spec.__name__)
CASES = [(spec, author) for spec in SPECS for author in spec.authors]


def sample_of(spec: type[Spec], author: Author) -> Graph:
    return graph_as(author, spec.sample.text(spec.sections[0]))


@pytest.mark.parametrize(("spec", "author"), CASES)
def test_it_ends_in_the_layer(spec: type[Spec], author: Author) -> None:
    graph = sample_of(spec, author)
    assert isinstance(graph.layers[-1], spec)
    assert graph.program.author == author


@pytest.mark.parametrize(("spec", "author"), CASES)
def test_backends_agree(spec: type[Spec], author: Author) -> None:
    outputs = assert_backends_agree(sample_of(spec, author))
    assert all(output.size for output in outputs)
