"""The interpreters of a machine."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.places import ROOT

VERSION = "import sys; print(*sys.version_info[:3])"
CLASSIFIER = "Programming Language :: Python :: 3."


def find_pythons() -> dict[str, Path]:
    """Return version -> newest interpreter, for the supported versions except the one that runs this."""
    found: dict[str, tuple[int, Path]] = {}
    for path in candidates():
        version = version_of(path)
        if version is None or version[:2] == sys.version_info[:2]:
            continue
        name, patch = f"{version[0]}.{version[1]}", version[2]
        if name in supported_versions() and patch > found.get(name, (-1, path))[0]:
            found[name] = (patch, path)
    return {name: found[name][1] for name in supported_versions() if name in found}


def supported_versions() -> list[str]:
    """Return the versions that setup.cfg names, such as "3.12"."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    lines = setup["metadata"]["classifiers"].splitlines()
    return [f"3.{line.removeprefix(CLASSIFIER)}" for line in lines if line.startswith(CLASSIFIER)]


def candidates() -> list[Path]:
    """Return candidates for interpreters."""
    on_path = (shutil.which(f"python{version}") for version in supported_versions())
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    return [*(Path(path) for path in on_path if path), *sorted(pyenv.glob("3.*/bin/python"))]


def version_of(python: Path) -> tuple[int, ...] | None:
    """Return the version of an interpreter, None if it does not run."""
    try:
        done = subprocess.run([python, "-c", VERSION], capture_output=True, text=True)
    except OSError:
        return None
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else None
