"""scripts/test_pythons: which interpreters it takes, and what it says of those that it leaves out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts.pythons import find
from scripts.pythons.environment import InstallError, copy_tests, install, requirements
from scripts.pythons.find import find_pythons, supported_versions, version_of


def interpreter(folder: Path, *version: int, code: int = 0) -> Path:
    """A program that says it is Python."""
    path = folder / f"python{'.'.join(map(str, version))}"
    path.write_text(f"#!/bin/sh\necho {' '.join(map(str, version))}\nexit {code}\n")
    path.chmod(0o755)
    return path


def test_supported_versions_are_those_that_setup_cfg_names() -> None:
    assert supported_versions() == ["3.11", "3.12", "3.13", "3.14"]


def test_versions_are_asked_for() -> None:
    assert version_of(Path(sys.executable)) == sys.version_info[:3]


def test_what_does_not_run_has_no_version(tmp_path: Path) -> None:
    assert version_of(tmp_path / "none") is None
    assert version_of(interpreter(tmp_path, 3, 12, 1, code=127)) is None


def test_the_newest_of_each_further_version_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = sys.version_info
    versions = [(3, 99, 1), (3, 98, 4), (3, 98, 10), (3, 98, 2), (2, 7, 18), own[:3]]
    paths = [interpreter(tmp_path, *version) for version in versions]
    monkeypatch.setattr(find, "candidates", lambda: [*paths, tmp_path / "none"])
    monkeypatch.setattr(find, "supported_versions", lambda: [f"3.{own[1]}", "3.98"])
    assert find_pythons() == {"3.98": tmp_path / "python3.98.10"}


def test_torch_is_not_installed() -> None:
    names = {line.partition(">")[0] for line in requirements()}
    assert {"numpy", "onnx", "onnxruntime", "opencv-python"} <= names and "torch" not in names


def test_pip_s_errors_are_the_reason() -> None:
    code = "import sys; sys.exit('a notice\\nERROR: Could not find a version\\nERROR: No matching distribution')"
    with pytest.raises(InstallError) as caught:
        install([sys.executable, "-c", code])
    assert str(caught.value) == "Could not find a version / No matching distribution"
    install([sys.executable, "-c", ""])


def test_tests_are_copied_without_the_package(tmp_path: Path) -> None:
    copy_tests(tmp_path / "alone")
    assert (tmp_path / "alone" / "tests" / "scripts" / "test_pythons.py").is_file()
    assert (tmp_path / "alone" / "pyproject.toml").is_file()
    assert not (tmp_path / "alone" / "darkcsp").exists()
