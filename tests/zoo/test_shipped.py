"""The cfgs in the repository are what the zoo composes, and are found by name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import darkcsp
from darkcsp.errors import UnknownModelError
from darkcsp.graph import build_graph
from darkcsp.zoo import shipped
from darkcsp.zoo.catalogue import CATALOGUE, find
from darkcsp.zoo.shipped import compose, read_shipped, shipped_names

ROOT = Path(__file__).resolve().parents[2]


def test_the_files_are_current() -> None:
    script = ROOT / "scripts" / "make_cfgs"
    result = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert f"{len(CATALOGUE) + 1} models, 0 files differ" in result.stdout


def test_every_model_of_the_documents_has_a_file() -> None:
    assert len(CATALOGUE) >= 80
    assert set(CATALOGUE) <= set(shipped_names())


@pytest.mark.parametrize("name", list(CATALOGUE))
def test_a_shipped_cfg_builds_says_what_it_is_and_is_written_back(name: str) -> None:
    cfg, entry = read_shipped(name), find(name)
    assert cfg.to_bytes() == (ROOT / "cfgs" / f"{name}.cfg").read_bytes() == compose(name).to_bytes()
    graph = build_graph(cfg)
    assert graph.input == (3, entry.recipe.size, entry.recipe.size)
    assert all("pjreddie's Darknet" in notice.message for notice in graph.notices)
    assert str(cfg).startswith(f"# {entry.title}. Status: {entry.status}.\n")
    assert f"# Darknet counts {graph.parameters / 1e6:.4f}M numbers" in str(cfg)
    assert f"{graph.flops / 1e9:.4f} BFLOPs at {graph.input.w} x {graph.input.h}." in str(cfg)


def test_networks_that_the_fork_refuses_are_the_plain_resnets() -> None:
    others = {name for name in CATALOGUE if build_graph(read_shipped(name)).dialect == "pjreddie"}
    assert others == {"resnet10", "resnet50", "resnet50-leaky", "resnext50"}


def test_a_name_may_have_its_ending() -> None:
    assert read_shipped("darknet.cfg").to_bytes() == read_shipped("darknet").to_bytes()


CHECKOUT = Path(darkcsp.__file__).parents[1]


@pytest.mark.skipif(not (CHECKOUT / "cfgs").is_dir(), reason="darkcsp is installed apart from its sources")
def test_without_the_installed_package_the_folder_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "PACKAGE", "darkcsp.data.nothing")
    assert read_shipped("darknet").to_bytes() == compose("darknet").to_bytes()


def test_unknown_names() -> None:
    with pytest.raises(UnknownModelError, match=r"^csppelenet: there is no such model; did you mean csppeleenet"):
        read_shipped("csppelenet")
    with pytest.raises(UnknownModelError, match=r"^zzz: there is no such model; `darkcsp zoo --table models`"):
        find("zzz")
    with pytest.raises(UnknownModelError, match=r"did you mean darknet53"):
        compose("darknet-53")


def test_another_size_or_number_of_classes() -> None:
    cfg = compose("csppeleenet-prn", size=320, classes=20)
    graph = build_graph(cfg)
    assert graph.input == (3, 320, 320)
    assert [head.classes for head in graph.heads] == [20, 20]
    assert str(cfg).startswith("# CSPPeleeNet-PRN, for 320 x 320 pixels and 20 classes. Composed by darkcsp.\n")
    assert build_graph(compose("peleenet", classes=10)).output.output == (10, 1, 1)
