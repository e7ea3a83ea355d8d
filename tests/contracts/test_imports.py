"""Data flows one way, and nothing heavy is imported before it is needed."""

from __future__ import annotations

import configparser
import json
import subprocess
import sys
from pathlib import Path

import pytest

import darkcsp
from darkcsp.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "cv2", "onnx", "onnxruntime", "numpy", "rich"}


def test_rooms_import_only_from_rooms_above() -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--config", ROOT / ".importlinter", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout


def _imported(code: str) -> set[str]:
    """Top-level names of everything that a piece of Python imports, in a fresh process."""
    script = f"import sys, json\n{code}\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    names: list[str] = json.loads(result.stdout.splitlines()[-1])
    return set(names)


def _run(arguments: list[str]) -> str:
    return (
        "from click.testing import CliRunner\nfrom darkcsp.cli.main import cli\n"
        f"result = CliRunner().invoke(cli, {arguments!r})\nassert result.exit_code == 0, result.output\n"
    )


def _failing(arguments: list[str]) -> str:
    return _run(arguments).replace("exit_code == 0", "exit_code == 2")


def test_importing_darkcsp_imports_nothing_heavy() -> None:
    assert _imported("import darkcsp") & HEAVY == set()


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_imports_nothing_heavy(command: list[str]) -> None:
    assert _imported(_run([*command, "--help"])) & HEAVY == set()


def test_backends_are_described_without_their_libraries() -> None:
    assert _imported("from darkcsp.runtimes import BACKENDS\nassert len(BACKENDS) > 2") & {*HEAVY, "openvino"} == set()


def test_info_imports_neither_torch_nor_cv2_nor_onnx(tmp_path: Path) -> None:
    cfg = tmp_path / "x.cfg"
    cfg.write_text("[net]\nwidth=8\nheight=8\nchannels=3\n[convolutional]\n")
    assert _imported(_run(["info", str(cfg)])) & HEAVY == set()


def test_convert_does_not_import_torch_or_cv2(tmp_path: Path) -> None:
    cfg, weights = tmp_path / "x.cfg", tmp_path / "x.weights"
    cfg.write_text("[net]\nwidth=8\nheight=8\nchannels=3\n[convolutional]\nactivation=linear\n")
    weights.write_bytes(bytes([0, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0]) + bytes(8) + bytes(16))
    names = _imported(_run(["convert", str(cfg), str(weights)]))
    assert names & {"torch", "cv2", "onnxruntime"} == set()
    assert "onnx" in names


def test_only_a_checkpoint_of_pytorchs_imports_torch(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    cfg, weights = tmp_path / "x.cfg", tmp_path / "x.weights"
    options = "filters=1\nsize=1\nstride=1\npad=0\nactivation=linear\n"
    cfg.write_text(f"[net]\nwidth=8\nheight=8\n[convolutional]\n{options}[silence]\n")
    weights.write_bytes(bytes([0, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0]) + bytes(8) + bytes(16))
    names = _imported(_run(["convert", str(cfg), str(weights), "--dialect", "wongkinyiu"]))
    assert names & {"torch", "cv2", "onnxruntime", "safetensors"} == set()
    (tmp_path / "x.pt").write_bytes(bytes(3))
    assert "torch" in _imported(_failing(["convert", str(cfg), str(tmp_path / "x.pt"), "--dialect", "wongkinyiu"]))


def test_every_room_is_packaged() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    packaged = set(setup["options"]["packages"].split())
    folders = {path.parent for path in (ROOT / "darkcsp").rglob("*.py")}
    rooms = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert packaged - {"darkcsp.data.cfgs", "darkcsp.data.weights"} == rooms


def test_the_version_is_in_the_changelog() -> None:
    assert f"## [{darkcsp.__version__}]" in (ROOT / "CHANGELOG.md").read_text()
