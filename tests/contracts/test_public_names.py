"""The public API: every name is there, stays there, and is not hidden by a module of the same name."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import darkcsp

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [
    "darkcsp",
    *sorted(
        info.name
        for info in pkgutil.walk_packages(darkcsp.__path__, "darkcsp.")
        if info.ispkg and ".data" not in info.name and ".cli" not in info.name
    ),
]


def _public(package: ModuleType) -> list[str]:
    return [name for name in getattr(package, "__all__", ()) if not name.startswith("__")]


def test_all_is_what_can_be_had() -> None:
    for name in darkcsp.__all__:
        assert getattr(darkcsp, name) is not None
        assert name in dir(darkcsp)
    assert set(darkcsp._HOMES) | set(darkcsp._MODULES) | {"__version__"} == set(darkcsp.__all__)
    with pytest.raises(AttributeError, match="module 'darkcsp' has no attribute 'nothing'"):
        darkcsp.nothing  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("name", PACKAGES)
def test_names_are_the_same_before_and_after_every_module_is_imported(name: str) -> None:
    """A module that is imported becomes an attribute of its package, in the place of a function of the same name."""
    package = importlib.import_module(name)
    before = {public: getattr(package, public) for public in _public(package)}
    for info in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{name}.{info.name}")
    for public, value in before.items():
        assert getattr(package, public) is value, f"{name}.{public}"


@pytest.mark.parametrize("name", PACKAGES)
def test_no_public_function_has_the_name_of_a_module_of_its_package(name: str) -> None:
    package = importlib.import_module(name)
    modules = {info.name for info in pkgutil.iter_modules(package.__path__)}
    assert [
        public
        for public in _public(package)
        if public in modules and not isinstance(getattr(package, public), ModuleType)
    ] == []


CALLS = """
import darkcsp, darkcsp.to_onnx, darkcsp.to_torch, darkcsp.evaluate, darkcsp.precision, darkcsp.decode, darkcsp.zoo
import numpy as np
for _ in range(2):
    cfg = darkcsp.read_cfg(CFG)
    graph = darkcsp.build_graph(cfg)
    weights = darkcsp.read_weights(WEIGHTS, graph)
    darkcsp.write_weights(OUT + "/y.weights", weights, graph)
    net = darkcsp.load(CFG, WEIGHTS)
    assert isinstance(net, darkcsp.Network) and isinstance(graph, darkcsp.Graph)
    assert isinstance(darkcsp.Cfg("x", "", ()), darkcsp.Cfg) and isinstance(weights, darkcsp.Weights)
    model = darkcsp.build_onnx(graph, weights, darkcsp.ExportOptions(head="raw"))
    path = darkcsp.convert(CFG, WEIGHTS, OUT + "/x.onnx")
    detector = darkcsp.Detector(path, backend="onnxruntime")
    found = detector(np.zeros((20, 30, 3), np.uint8))
    assert isinstance(found, darkcsp.Detections)
    runtime = darkcsp.runtimes.open_runtime(path, backend="onnxruntime")
    report = darkcsp.precision.convert_precision(CFG, WEIGHTS, OUT + "/h.onnx", precision="fp16")
    try:
        darkcsp.Classifier(path, backend="onnxruntime")
    except darkcsp.DarkcspError as error:
        assert not isinstance(error, darkcsp.ArgumentError)
    darkcsp.evaluate.average_precision([], [])
print("called twice")
"""


def test_every_public_call_works_twice(tmp_path: Path) -> None:
    from tests.networks import DETECTOR, write_files

    cfg, weights = write_files(tmp_path, DETECTOR)
    code = f"CFG, WEIGHTS, OUT = {str(cfg)!r}, {str(weights)!r}, {str(tmp_path)!r}\n" + CALLS
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "called twice\n", done.stderr


def test_misspelt_names_are_found_by_the_type_checker(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("import darkcsp\n\ndarkcsp.bild_graph('x.cfg')\ndarkcsp.build_graph('x.cfg')\n")
    # What other packages declare takes long to read, torch's declarations most of all.
    options = ["--config-file", "", "--cache-dir", str(tmp_path / "cache"), "--no-site-packages"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "script.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"MYPYPATH": str(ROOT), "PATH": ""},
    )
    assert 'script.py:3: error: Module has no attribute "bild_graph"' in done.stdout
    assert "script.py:4" not in done.stdout


def test_the_package_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "darkcsp", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"darkcsp, version {darkcsp.__version__}\n"
