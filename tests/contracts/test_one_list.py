"""Backends and engines are named by their own files and by targets, and nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

from darkcsp.modelfile.targets import TARGETS
from darkcsp.runtimes import BACKENDS, engines_of

PACKAGE = Path(__file__).resolve().parents[2] / "darkcsp"
AT_HOME = ("runtimes/backends/", "modelfile/targets.py")

DEFAULTS = {
    ("checkpoint/state_dict.py", "torch"),  # which reads its own files
    ("cli/bench.py", "opencv"),  # of table 5 alone
    ("cli/run.py", "opencv"),
    ("runtimes/opening.py", "opencv"),
}
"""The backend that is taken where none is named."""

PACKAGES = {(f"precision/{name}.py", "onnxruntime") for name in ("equalising", "float16", "int8", "ranges")}
PACKAGES |= {("checkpoint/state_dict.py", "torch")}
"""What pip should install for a tool that is not a backend."""

OTHER_WORDS = {
    ("cli/main.py", "new"),  # the command
    ("detect/nms.py", "default"),  # a kind of suppression
    ("detect/preprocess.py", "opencv"),  # whose resize it is
    ("layers/gaussian_yolo.py", "default"),
    ("layers/yolo.py", "default"),
    ("modelfile/metadata.py", "default"),
    ("spec/head.py", "default"),
    ("spec/net.py", "opencv"),
}
"""Words that are the name of an engine as well."""


def _names() -> set[str]:
    installed = [name for name, backend in BACKENDS.items() if backend.is_installed()]
    engines = {engine for name in installed for engine in engines_of(name)}
    return set(BACKENDS) | engines | {info.engine for info in TARGETS.values()}


NAMES = _names()


def _named_in(path: Path) -> set[str]:
    """Backends and engines among the string constants of a file."""
    constants = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str) and value in NAMES}


def test_backends_and_engines_are_named_in_one_place() -> None:
    files = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
    found = {(file, name) for file, path in files.items() if not file.startswith(AT_HOME) for name in _named_in(path)}
    assert found == DEFAULTS | PACKAGES | OTHER_WORDS


def test_the_search_finds_what_it_looks_for() -> None:
    for name in BACKENDS:
        assert name in _named_in(PACKAGE / f"runtimes/backends/{name}.py")
