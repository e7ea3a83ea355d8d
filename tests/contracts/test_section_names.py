"""What a layer is stands in its spec: other code asks for a member of it, and never compares names of sections."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import darkcsp
from darkcsp.layers import registered
from darkcsp.spec.activation_functions import EFFECTIVE

PACKAGE = Path(darkcsp.__file__).parent
FREE = ("layers", "to_torch/layers", "to_onnx/layers", "zoo", "paper")
"""Folders that may name sections: those of the layers, and what writes cfgs and counts by the documents' words."""

NO_SECTIONS = {"TRAINING", "COMMON", "training_options", "fork_options", "COMPARING_IN_0_1"}
"""Variables that hold options, some of which have the name of a section, or what files of darkcsp 0.1 say of heads."""


def _sources() -> list[Path]:
    return sorted(
        path for path in PACKAGE.rglob("*.py") if not any(path.is_relative_to(PACKAGE / folder) for folder in FREE)
    )


def gathered(node: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, word) of every string that is compared, or stands in a set, a tuple, a list or among a dict's keys."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id in NO_SECTIONS for target in targets):
            return
    found: list[ast.expr | None] = []
    if isinstance(node, ast.Compare):
        found = [node.left, *node.comparators]
    elif isinstance(node, (ast.Set, ast.Tuple, ast.List)):
        found = [*node.elts]
    elif isinstance(node, ast.Dict):
        found = [*node.keys]
    elif isinstance(node, ast.MatchValue):
        found = [node.value]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
        found = [node.func.value]
    for item in found:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            yield from ((item.lineno, word) for word in item.value.split())
    for child in ast.iter_child_nodes(node):
        yield from gathered(child)


@pytest.mark.parametrize("path", _sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_section_names_outside_layers(path: Path) -> None:
    names = set(registered()) - EFFECTIVE - {"activation"}  # sections with the name of a function, of an attribute
    assert [(line, word) for line, word in gathered(ast.parse(path.read_text())) if word in names] == []


@pytest.mark.parametrize(
    "code",
    [
        'spec.type == "cost"',
        'spec.type in ("cost", "yolo")',
        'KEEPING = {"cost", "x"}',
        'KEEPING = frozenset(["cost"])',
        'KEEPING = frozenset("route cost".split())',
        'KEEPING = "cost", "yolo"',
        'SAMPLES = {"cost": 1}',
        'match spec.type:\n    case "cost":\n        pass',
    ],
)
def test_comparisons_are_found(code: str) -> None:
    assert "cost" in {word for _, word in gathered(ast.parse(code))}


def test_other_uses_are_not() -> None:
    assert not list(gathered(ast.parse('"""[cost] == cost"""\nraise E("cost")\nTRAINING = frozenset("max".split())')))


def _imported_families(path: Path) -> set[str]:
    """The layer families that a file imports by name."""
    modules = {
        node.module
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module is not None
    }
    return {module.split(".")[2] for module in modules if module.startswith("darkcsp.layers.")}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_layer_family_is_known_to_its_own_files_alone(path: Path) -> None:
    if path.parent == PACKAGE / "layers":  # a recurrent layer is made of others
        return
    own = {path.stem} if path.parent.name in ("layers", "decode", "decoding") else set()
    assert _imported_families(path) <= own
