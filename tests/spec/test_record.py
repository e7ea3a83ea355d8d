"""Specs are equal, hashed and shown by their fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from darkcsp import build_graph
from darkcsp.cfg import parse_cfg
from darkcsp.spec.spec import Spec

CFG = parse_cfg("[net]\nwidth=8\nheight=8\nchannels=3\n[maxpool]\nsize=2\n[maxpool]\nsize=2\n[avgpool]\n")


def test_equal_fields_make_equal_specs() -> None:
    first, again = build_graph(CFG).layers[0], build_graph(CFG).layers[0]
    assert first is not again
    assert first == again
    assert hash(first) == hash(again)
    assert first != dataclasses.replace(first, index=7)


def test_specs_of_other_classes_differ() -> None:
    layers = build_graph(CFG).layers
    assert layers[0] != layers[2]
    assert layers[0] != "maxpool"


def test_fields_are_shown() -> None:
    shown = repr(build_graph(CFG).layers[0])
    assert shown.startswith("Maxpool(index=0, place=")
    assert "size=" in shown
    assert "inputs=" not in shown  # said of the layers that they come from


def test_changing_a_field_is_refused() -> None:
    spec = build_graph(CFG).layers[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.index = 3  # type: ignore[misc]


def _kinds(base: type[object]) -> Iterator[type[object]]:
    below: list[type[object]] = base.__subclasses__()
    for kind in below:
        yield kind
        yield from _kinds(kind)


def test_classes_write_none_of_these_methods_anew() -> None:
    kinds = [kind for kind in _kinds(Spec) if kind.__module__.startswith("darkcsp.")]
    assert len(kinds) > 50
    assert [kind.__name__ for kind in kinds if not {"__eq__", "__hash__", "__repr__"}.isdisjoint(vars(kind))] == []
