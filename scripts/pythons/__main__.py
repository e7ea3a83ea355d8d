"""Installs the wheel, without torch, on every other Python of this machine, and runs the tests that need no torch.

    scripts/test_pythons [PYTEST ARGUMENT ...]

Looks for python3.x on the search path and below ~/.pyenv/versions, in the versions that setup.cfg names, except the one
that runs this. Each version gets its own environment, .venv-3.x, which is kept. Tests run on the installed wheel, in a
copy of this folder without the package. If a dependency cannot be installed on a version, it is skipped and the reason
printed. Exits with 1 if a test fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.arguments import parser
from scripts.places import SHARED
from scripts.pythons.environment import InstallError, copy_tests, make_environment
from scripts.pythons.find import find_pythons
from scripts.wheel import build_wheel


def main() -> None:
    """Try each version."""
    arguments = parser("test_pythons", __doc__)
    _, pytest_arguments = arguments.parse_known_args()
    pythons = find_pythons()
    if not pythons:
        print("no other Python found")
    verdicts: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        wheel, tests = build_wheel(Path(name)), Path(name, "tests-alone")
        copy_tests(tests)
        for version, python in pythons.items():
            print(f"Python {version}: {python}", flush=True)
            verdicts[version] = verdict(version, python, wheel, tests, pytest_arguments)
    for version, text in verdicts.items():
        print(f"Python {version}: {text}")
    sys.exit(any(text.startswith("FAILED") for text in verdicts.values()))


def verdict(version: str, python: Path, wheel: Path, tests: Path, arguments: list[str]) -> str:
    """Install and test; return a line about it."""
    try:
        own = make_environment(version, python, wheel)
    except InstallError as error:
        return f"left out: {error}"
    clean = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    clean |= {"PYTHONPATH": str(tests), "DARKCSP_SHARED": str(SHARED.resolve())}
    command = [str(own), "-m", "pytest", "--ignore=tests/contracts", "-rs", *arguments]
    done = subprocess.run(command, cwd=tests, env=clean)
    return "the tests pass" if done.returncode == 0 else f"FAILED: pytest ends with exit code {done.returncode}"


if __name__ == "__main__":
    main()
