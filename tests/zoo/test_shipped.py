"""The cfgs in the repository are found by name, and composed again for other sizes and classes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import darkcsp
from darkcsp.errors import UnknownModelError
from darkcsp.graph import build_graph
from darkcsp.zoo import cfg, list_models, shipped
from darkcsp.zoo.catalogue import CATALOGUE, find

ROOT = Path(__file__).resolve().parents[2]
CHECKOUT = (Path(darkcsp.__file__).parents[1] / "cfgs").is_dir()


def test_every_model_has_a_file_and_every_file_is_a_model() -> None:
    assert set(CATALOGUE) == {path.stem for path in (ROOT / "cfgs").glob("*.cfg")}
    assert len(CATALOGUE) >= 85


@pytest.mark.parametrize("name", list_models())
def test_a_shipped_cfg_builds_says_what_it_is_and_is_written_back(name: str) -> None:
    document, entry = cfg(name), find(name)
    assert document.to_bytes() == (ROOT / "cfgs" / f"{name}.cfg").read_bytes()
    assert document.path == f"{name}.cfg"
    graph = build_graph(document)
    assert graph.input == (3, entry.recipe.size, entry.recipe.size)
    assert all("pjreddie's Darknet" in notice.message for notice in graph.notices)
    assert str(document).startswith(f"# {entry.title}.")
    if entry.status != "own":
        assert f"# {entry.title}. Status: {entry.status}.\n" in str(document)
        assert f"# Darknet counts {graph.parameters / 1e6:.4f}M numbers" in str(document)
        assert f"{graph.flops / 1e9:.4f} BFLOPs at {graph.input.w} x {graph.input.h}." in str(document)


def test_networks_that_the_fork_refuses_are_the_plain_resnets() -> None:
    others = {name for name in list_models() if build_graph(cfg(name)).program.author == "pjreddie"}
    assert others == {"resnet10", "resnet50", "resnet50-leaky", "resnext50"}


def test_a_name_may_have_its_ending() -> None:
    assert cfg("darknet.cfg").to_bytes() == cfg("darknet").to_bytes()


@pytest.mark.skipif(not CHECKOUT, reason="darkcsp is installed apart from its sources")
def test_a_checkout_reads_its_own_files_and_an_installed_package_those_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "INSTALLED", tmp_path / "data" / "cfgs")
    assert cfg("darknet").to_bytes() == (ROOT / "cfgs" / "darknet.cfg").read_bytes()
    (tmp_path / "data" / "cfgs").mkdir(parents=True)
    (tmp_path / "data" / "cfgs" / "darknet.cfg").write_text("[net]\nwidth=8\n")
    assert str(cfg("darknet")) == "[net]\nwidth=8\n"


def test_unknown_names() -> None:
    with pytest.raises(UnknownModelError, match=r"^csppelenet: there is no such model; did you mean csppeleenet"):
        cfg("csppelenet")
    with pytest.raises(UnknownModelError, match=r"^zzz: there is no such model; `darkcsp zoo` lists them$"):
        find("zzz")
    with pytest.raises(UnknownModelError, match=r"did you mean darknet53"):
        cfg("darknet-53", size=320)


def test_another_size_or_number_of_classes() -> None:
    document = cfg("csppeleenet-prn", size=320, classes=20)
    graph = build_graph(document)
    assert graph.input == (3, 320, 320)
    assert [head.classes for head in graph.heads] == [20, 20]
    assert str(document).startswith("# CSPPeleeNet-PRN, for 320 x 320 pixels and 20 classes. Composed by darkcsp.\n")
    assert build_graph(cfg("peleenet", classes=10)).output.output == (10, 1, 1)


@pytest.mark.parametrize("name", ["csppeleenet", "darknet53", "mobilenet-v2", "resnet50", "digits", "csppeleenet-cem"])
def test_the_shipped_size_composed_again_is_the_shipped_network(name: str) -> None:
    shipped_text, composed = (
        re.sub("(?m)^#.*\n", "", str(cfg(name, size=size))) for size in (None, find(name).recipe.size)
    )
    assert composed == shipped_text


@pytest.mark.parametrize("change", [{"size": 0}, {"size": -32}, {"classes": 0}])
def test_sizes_and_classes_are_positive(change: dict[str, int]) -> None:
    ((name, value),) = change.items()
    with pytest.raises(ValueError, match=f"^{name}={value}: must be at least 1$"):
        cfg("peleenet", **change)
