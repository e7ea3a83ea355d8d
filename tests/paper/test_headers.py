"""The shipped cfgs are what the catalogue and the printed tables make of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from darkcsp.paper.headers import header, shipped_cfg
from darkcsp.zoo import cfg, list_models
from darkcsp.zoo.catalogue import CATALOGUE, find

ROOT = Path(__file__).resolve().parents[2]


def test_the_files_are_current() -> None:
    command = [sys.executable, "-m", "scripts.make.cfgs", "--check"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    assert f"{len(CATALOGUE)} models, 0 files differ" in result.stdout


@pytest.mark.parametrize("name", list_models("csppeleenet*"))
def test_a_shipped_cfg_is_composed_from_its_entry(name: str) -> None:
    assert shipped_cfg(find(name)).to_bytes() == cfg(name).to_bytes()


def test_a_header_says_where_the_network_comes_from_and_what_is_printed() -> None:
    lines = header(find("csppeleenet")).splitlines()
    assert lines[:2] == [
        "CSPPeleeNet. Status: fit.",
        "A reconstruction from printed figures, not the authors' network.",
    ]
    assert "Printed (paper, table 1, 224 x 224): 0.888 BFLOPs, here 0.8886 (+0.06 %)." in lines
    assert lines[-1] == "Made by scripts/make_cfgs."
    published = header(find("darknet53"))
    assert "as WongKinYiu/CrossStagePartialNetworks/cfg/darknet53.cfg." in published
    assert "reconstruction" not in published


def test_the_default_model_is_in_no_document() -> None:
    assert header(find("digits")).splitlines() == [
        "darkcsp's default model: finds and reads digits.",
        "CSPDenseNetb Reference with the PRN head; made by darkcsp.zoo.digits, trained by scripts/train_digits.py.",
    ]
