"""The package's wheel, built offline."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.places import ROOT

SOURCES = ("darkcsp", "cfgs", "weights", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")


def build_wheel(folder: Path) -> Path:
    """Build the wheel into a folder and return its path.

    It is built from a copy of the sources, because setuptools picks up leftovers of earlier builds and leaves more.

    Raises:
        RuntimeError: the build failed; the message is its output.
    """
    with tempfile.TemporaryDirectory() as name:
        for source in SOURCES:
            path = ROOT / source
            if path.is_dir():
                shutil.copytree(path, Path(name, source), ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, name)
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), name]
        done = subprocess.run(command, cwd=name, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout)
    (wheel,) = folder.glob("darkcsp-*.whl")
    return wheel
