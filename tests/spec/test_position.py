"""References to earlier layers, relative and absolute."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkcsp.cfg import Options, parse_cfg
from darkcsp.errors import GraphError, OptionError, Place
from darkcsp.spec import Position, Program, Shape


def at(index: int) -> Position:
    return Position(index, Place("x.cfg", 9, "route"), (), Shape(3, 4, 5), Program())


def options(line: str) -> Options:
    return Options(parse_cfg(f"[net]\n{line}\n").sections[0], "x.cfg")


@given(index=st.integers(1, 400), data=st.data())
def test_negative_references_count_from_the_layer_others_from_the_top(index: int, data: st.DataObject) -> None:
    layer = data.draw(st.integers(0, index - 1))
    assert at(index).resolve(options(""), "from", layer) == layer
    assert at(index).resolve(options(""), "from", layer - index) == layer


@given(index=st.integers(0, 400), beyond=st.integers(0, 400))
def test_a_reference_must_be_above(index: int, beyond: int) -> None:
    for reference in (index + beyond, -index - 1 - beyond):
        with pytest.raises(GraphError, match=f"from={reference}: there is no such layer above layer {index}; "):
            at(index).resolve(options(""), "from", reference)


def test_lists_and_single_references() -> None:
    assert at(5).resolve_all(options("layers=-1, 2"), "layers") == (4, 2)
    assert at(5).resolve_one(options("from=-2"), "from") == 3
    with pytest.raises(OptionError, match="layers: is missing; expected layer numbers such as layers=-1"):
        at(5).resolve_all(options(""), "layers")
    with pytest.raises(OptionError, match="from: is missing; expected a layer number such as from=-2"):
        at(5).resolve_one(options(""), "from")


def test_the_first_layer_reads_the_networks_input() -> None:
    assert at(0).input == at(0).shape_of(-1) == (3, 4, 5)
