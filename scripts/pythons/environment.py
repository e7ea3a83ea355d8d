"""An environment for one interpreter, and a copy of the tests without the package."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

from scripts.places import ROOT

TEST_PACKAGES = ("hypothesis", "pytest", "pytest-xdist")
FOLDERS = ("cfgs", "docs", "examples", "scripts", "tests", "weights")
FILES = ("CHANGELOG.md", "README.md", "pyproject.toml", "setup.cfg")


class InstallError(Exception):
    """A package cannot be installed; the message is pip's."""


def make_environment(version: str, python: Path, wheel: Path) -> Path:
    """Make .venv-VERSION with the wheel and its dependencies except torch, and return its interpreter.

    Raises:
        InstallError: a dependency has no wheel for this version.
    """
    folder = ROOT / f".venv-{version}"
    own = folder / "bin" / "python"
    if not own.exists():
        subprocess.run([python, "-m", "venv", folder], check=True)
    pip = [str(own), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    install([*pip, "--only-binary", ":all:", "-c", str(ROOT / "constraints.txt"), *requirements(), *TEST_PACKAGES])
    install([*pip, "--no-deps", "--force-reinstall", str(wheel)])
    return own


def install(command: list[str]) -> None:
    """Run pip. Raises InstallError with its last error."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        raise InstallError(" / ".join(line.removeprefix("ERROR: ") for line in errors) or done.stderr.strip())


def requirements() -> list[str]:
    """Return the requirements in setup.cfg, except torch."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    return [line for line in setup["options"]["install_requires"].split() if not line.startswith("torch")]


def copy_tests(folder: Path) -> None:
    """Copy everything the tests need except the package, so that they import the installed one."""
    folder.mkdir()
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder)
