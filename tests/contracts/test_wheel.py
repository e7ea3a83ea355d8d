"""The wheel holds what it needs and no more, and works where it is installed alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from scripts.places import ROOT
from scripts.wheel import build_wheel

SCENE = "scene_1.jpg"
RECORDS = {"training.csv", "training.png"}
"""Of use beside the sources alone."""

DATA = [path for name in ("cfgs", "weights") for path in (ROOT / name).glob("*.*") if path.name not in RECORDS]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel; what darkcsp needs comes from this one's packages, without this checkout."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    dependencies = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    (packages / "dependencies.pth").write_text("\n".join(dependencies) + "\n")
    return folder


def run(environment: Path, *command: object) -> str:
    """Run a program of the environment, in it; return what it prints."""
    program, *arguments = map(str, command)
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [environment / "bin" / program, *arguments], cwd=environment, env=clean, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.split("/")[0] for name in names}
    assert len(tops) == 2 and "darkcsp" in tops  # the other is its metadata
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "darkcsp").rglob("*.py")}
    data = {f"darkcsp/data/{path.parent.name}/{path.name}" for path in DATA} | {"darkcsp/data/published.json"}
    assert {name for name in names if "dist-info" not in name} == sources | data | {"darkcsp/py.typed"}


def test_what_is_imported_is_what_was_installed(environment: Path) -> None:
    found = run(environment, "python", "-c", "import darkcsp; print(darkcsp.__file__)").strip()
    assert Path(found).is_relative_to(environment)
    paths = run(environment, "python", "-c", "import sys; [print(path) for path in sys.path]").splitlines()
    assert paths and str(ROOT) not in paths


def test_commands_work_where_the_wheel_is_installed(environment: Path, tmp_path: Path) -> None:
    cfg, weights = (
        data_file(environment, "cfgs", "digits.cfg"),
        data_file(environment, "weights", "digits.weights"),
    )
    assert "weights     all layers" in run(environment, "darkcsp", "info", cfg, weights)
    model, reports = tmp_path / "digits.onnx", [tmp_path / "default.jsonl", tmp_path / "converted.jsonl"]
    run(environment, "darkcsp", "convert", cfg, weights, "-o", model)
    command = ("darkcsp", "run", ROOT / "examples" / SCENE, "--no-draw", "--jsonl")
    run(environment, *command, reports[0])
    run(environment, *command, reports[1], "--model", model, "--names", weights.with_suffix(".names"))
    wanted = sorted(digit["name"] for digit in json.loads((ROOT / "examples" / "truth.json").read_text())[SCENE])
    for report in reports:
        assert sorted(found["name"] for found in json.loads(report.read_text())["detections"]) == wanted


def data_file(environment: Path, kind: str, name: str) -> Path:
    """The place of a file that the wheel brought."""
    code = f"from importlib.resources import files; print(files('darkcsp.data.{kind}') / '{name}')"
    return Path(run(environment, "python", "-c", code).strip())
