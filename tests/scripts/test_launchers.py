"""The files in scripts/ launch the modules that they name, from any folder."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.places import ROOT
from tests.networks import DETECTOR

FOLDER = ROOT / "scripts"
SHELL = {"demo", "launch", "setup", "test"}
"""Commands that are not written in Python."""

COMMANDS = [path for path in FOLDER.iterdir() if path.is_file() and os.access(path, os.X_OK) and path.name not in SHELL]


def launch(command: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
    environment.pop("PYTHONPATH", None)
    return subprocess.run([FOLDER / command, *arguments], cwd=cwd, env=environment, capture_output=True, text=True)


def test_there_are_launchers_and_no_other_python_without_an_extension() -> None:
    assert len(COMMANDS) >= 14
    for path in FOLDER.iterdir():
        if path.is_file() and not path.suffix:
            assert path.read_text().startswith("#!/usr/bin/env bash\n"), path
    assert (FOLDER / "opencv_worker") not in COMMANDS


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.name)
def test_the_module_is_there_and_calls_itself_by_the_command_s_name(path: Path) -> None:
    (name,) = set(re.findall(r"scripts\.[a-z_.]+", path.read_text()))
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None
    source = Path(spec.origin).with_name("__main__.py") if spec.submodule_search_locations else Path(spec.origin)
    assert f'parser("{path.name}", __doc__)' in source.read_text()
    assert f"\n    scripts/{path.name}" in source.read_text()


def test_paths_are_those_of_the_folder_where_a_command_is_called(tmp_path: Path) -> None:
    (tmp_path / "cfgs").mkdir()
    (tmp_path / "cfgs" / "x.cfg").write_text(DETECTOR)
    (tmp_path / "scripts.py").write_text("raise ImportError('not this one')")
    done = launch("check_upstream", "cfgs", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "  x.cfg: 11 layers, " in done.stdout and "1 of 1 cfgs build" in done.stdout
    assert launch("check_upstream", "nowhere", cwd=tmp_path).stderr == "nowhere: no cfg found\n"


def test_commands_in_python_are_launched_too(tmp_path: Path) -> None:
    done = launch("make_examples.py", "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: make_examples.py ")
