"""The options that a layer reads, with their defaults and meanings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

from darkcsp.cfg import Options, parse_cfg
from darkcsp.errors import Place
from darkcsp.graph.rules import COMMON, rules_of
from darkcsp.layers import Spec
from darkcsp.spec.net import read_net
from darkcsp.spec.position import Position
from darkcsp.spec.program import Program
from darkcsp.spec.registry import find_reader
from darkcsp.spec.sample import NET
from darkcsp.spec.shape import Shape


def asked(spec: type[Spec]) -> dict[str, object]:
    """Return the options that a spec reads in any program that knows it, with their defaults."""
    found: dict[str, object] = {}
    document = parse_cfg(spec.sample.text(spec.sections[0]), "sample")
    for author in spec.authors:
        layers: list[Spec] = []
        for index, section in enumerate(document.sections[1:]):
            program, reader = Program(author), find_reader(author, section.name)
            assert reader is not None
            options = rules_of(program).options(section, "sample")
            place = Place("sample", section.line, section.name)
            layers.append(reader.read(options, Position(index, place, tuple(layers), read_input(), program)))
        found |= options.asked
    return {key: default for key, default in found.items() if key not in COMMON - {"dontload", "dontloadscales"}}


def read_input() -> Shape:
    """Return the shape of the sample's input."""
    return read_net(Options(parse_cfg(NET).sections[0], "sample")).input


def meaning(spec: type[Spec], key: str) -> str:
    """Return the meaning of an option. Raises KeyError if it is not documented."""
    if key in spec.option_notes:
        return spec.option_notes[key]
    texts = attributes(spec)
    others = {option: name for base in reversed(spec.__mro__) for option, name in _option_attributes(base).items()}
    for name in (key, others.get(key, "")):
        if name in texts:
            return texts[name]
    raise KeyError(f"[{spec.sections[0]}] {key}: document it as an attribute or in option_notes")


def _option_attributes(base: type) -> Mapping[str, str]:
    return base.option_attributes if issubclass(base, Spec) else {}


def attributes(spec: type[Spec]) -> dict[str, str]:
    """Return the `Attributes:` in the docstrings of a spec and its bases, name -> text."""
    found: dict[str, str] = {}
    for base in reversed(spec.__mro__):
        text = inspect.cleandoc(base.__doc__ or "").partition("Attributes:\n")[2]
        for names, words in re.findall(r"^ {4}([\w, ]+): ((?:.|\n(?! {4}\w))*)", text, re.MULTILINE):
            for name in names.split(", "):
                found[name] = " ".join(words.split()).rstrip(".")
    return found
