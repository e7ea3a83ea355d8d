"""Handlers by spec class: found by the class itself, registered once, and checked when they register."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from darkcsp.errors import UnsupportedLayerError
from darkcsp.spec import Spec
from darkcsp.spec.handlers import Handlers
from tests.toy import TOY, Toy, Wooden


def double(spec: Spec, x: str) -> str:
    return x + x


def joined(spec: Spec, x: str, *more: str) -> str:
    return x + "".join(more)


def make() -> Handlers[Callable[..., str]]:
    return Handlers("Somewhere", "nothing is written for {}", "spec", "x")


def test_a_handler_is_found_by_the_class_of_the_spec() -> None:
    handlers = make()
    handlers.add(Toy, double)
    assert handlers[TOY] is double
    assert handlers[TOY](TOY, "ab") == "abab"
    assert handlers.specs == {Toy}


def test_a_missing_one_is_told_with_the_layers_place() -> None:
    handlers = make()
    handlers.add(Wooden, double)
    message = r"x\.cfg:7: \[toy\] cannot be expressed in Somewhere: nothing is written for Toy"
    with pytest.raises(UnsupportedLayerError, match=message):
        handlers[TOY]


def test_a_derived_class_needs_its_own() -> None:
    handlers = make()
    handlers.add(Toy, double)
    wooden = Wooden(index=0, place=TOY.place, sources=(), inputs=TOY.inputs)
    with pytest.raises(UnsupportedLayerError, match="Wooden"):
        handlers[wooden]


def test_two_for_one_spec_are_an_error_that_names_both() -> None:
    handlers = make()
    handlers.add(Toy, double)
    with pytest.raises(ValueError, match=r"Toy has two handlers: \S+\.double and \S+\.test_two\S+<lambda>"):
        handlers.add(Toy, lambda spec, x: x)
    assert handlers[TOY] is double


class Accepted:
    """Called as a function is."""

    def __init__(self, spec: Spec, x: str) -> None:
        self.given = spec, x


@pytest.mark.parametrize("handler", [double, Accepted, lambda spec, x, *, unused=1: x])
def test_what_takes_the_arguments_is_accepted(handler: Callable[..., object]) -> None:
    handlers: Handlers[Callable[..., object]] = Handlers("Somewhere", "{}", "spec", "x")
    handlers.add(Toy, handler)
    assert handlers.specs == {Toy}


@pytest.mark.parametrize(
    ("handler", "shown"),
    [
        (lambda spec: "", r"\(spec\)"),
        (lambda spec, y: "", r"\(spec, y\)"),
        (lambda x, spec: "", r"\(x, spec\)"),
        (lambda spec, x, more: "", r"\(spec, x, more\)"),
        (lambda spec, x, more="": "", r"\(spec, x, more=''\)"),
        (joined, r"\(spec, x, \*more\)"),
        (lambda *given: "", r"\(\*given\)"),
        (lambda spec, x, *, word: "", r"\(spec, x, \*, word\)"),
    ],
)
def test_what_does_not_is_refused_with_what_is_expected(handler: Callable[..., str], shown: str) -> None:
    handlers = make()
    with pytest.raises(TypeError, match=rf"test_handlers\.\S+ takes {shown}; expected \(spec, x\)"):
        handlers.add(Toy, handler)
    assert handlers.specs == frozenset()


@pytest.mark.parametrize("handler", [double, joined, lambda spec, *xs: "", lambda spec, x, hidden, cell: ""])
def test_a_starred_parameter_stands_for_one_or_more(handler: Callable[..., str]) -> None:
    handlers: Handlers[Callable[..., str]] = Handlers("Somewhere", "{}", "spec", "*inputs")
    handlers.add(Toy, handler)
    with pytest.raises(TypeError, match=r"takes \(spec\); expected \(spec, \*inputs\)"):
        handlers.add(Wooden, lambda spec: "")
