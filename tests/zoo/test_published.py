"""The authors' networks, composed from blocks, against their own files."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from darkcsp.cfg import Section
from darkcsp.errors import Place
from darkcsp.graph import Graph, build_graph
from darkcsp.zoo.catalogue import CATALOGUE
from darkcsp.zoo.entry import Entry
from tests.reference import UPSTREAM

PUBLISHED = [entry for entry in CATALOGUE.values() if entry.published]
AUTHORS = ("WongKinYiu/CrossStagePartialNetworks", "WongKinYiu/PartialResidualNetworks")
SAME_ELSEWHERE = {
    "in progress/csdarknet53-panet-spp.cfg": "csdarknet53-panet-spp",
    "in progress/csresnet50-panet-spp.cfg": "csresnet50-panet-spp",
    "in progress/darknet/icfg/darknet53-leaky.cfg": "darknet53",
    "in progress/darknet/icfg/resnext50-leaky.cfg": "resnext50",
}
"""Files of which another has the same layers."""

LEFT_OUT = {
    "in progress/csresnet50-elastic-panet-spp.cfg": "does not build at its own size: 13 x 13 meets 14 x 14",
    "in progress/csresnext50-elastic-panet-spp.cfg": "does not build at its own size: 13 x 13 meets 14 x 14",
    "in progress/yolov3-spp-matrix.cfg": "an experiment that no document mentions",
    **{
        f"in progress/darknet/icfg/{network}-{activation}.cfg": "another activation of a network that is there"
        for network in ("darknet53", "resnet50", "resnext50")
        for activation in ("relu", "swish", "mish")
    },
    **{
        f"in progress/darknet/icfg/densenet201-{activation}.cfg": "no document has figures for it"
        for activation in ("leaky", "relu", "swish", "mish")
    },
}

upstream = pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the authors' cfgs are not here")


def graph_of(entry: Entry) -> Graph:
    return build_graph(entry.recipe.compose().cfg())


def layers(graph: Graph) -> list[object]:
    """Every spec without its place: type, shapes, sources, options, parameter plan."""
    nowhere = Place("")
    return [dataclasses.replace(spec, place=nowhere) for spec in graph.layers]


@upstream
@pytest.mark.parametrize("name", [entry.name for entry in PUBLISHED])
def test_the_network_is_the_authors_layer_for_layer(name: str) -> None:
    entry = CATALOGUE[name]
    ours, theirs = graph_of(entry), build_graph(UPSTREAM / entry.published)
    assert ours.input == theirs.input
    assert ours.program == theirs.program
    assert [spec.stored for spec in ours.layers] == [spec.stored for spec in theirs.layers]
    assert layers(ours) == layers(theirs)


@upstream
@pytest.mark.parametrize("name", [entry.name for entry in PUBLISHED if "darknet/cfg" not in entry.published])
def test_training_options_are_the_authors(name: str) -> None:
    entry = CATALOGUE[name]
    ours, theirs = (graph.cfg.sections[0] for graph in (graph_of(entry), build_graph(UPSTREAM / entry.published)))
    ours_by_key, theirs_by_key = options(ours), options(theirs)
    if theirs_by_key["batch"] == [1.0]:  # a file made for testing
        for key in ("batch", "subdivisions"):
            del ours_by_key[key], theirs_by_key[key]
    assert ours_by_key == theirs_by_key


def options(section: Section) -> dict[str, list[float | str]]:
    return {option.key: [number(item) for item in str(option.value).split(",")] for option in section.options}


def number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


@upstream
def test_every_file_of_the_authors_is_accounted_for() -> None:
    files = {
        str(path.relative_to(UPSTREAM)) for repository in AUTHORS for path in (UPSTREAM / repository).rglob("*.cfg")
    }
    known = {entry.published for entry in PUBLISHED}
    others = {f"{AUTHORS[0]}/{path}" for path in (*SAME_ELSEWHERE, *LEFT_OUT)}
    assert files == {path for path in known if path.startswith(AUTHORS)} | others


@upstream
@pytest.mark.parametrize("path", SAME_ELSEWHERE)
def test_files_with_the_same_layers(path: str) -> None:
    theirs = build_graph(UPSTREAM / AUTHORS[0] / path)
    assert layers(theirs) == layers(graph_of(CATALOGUE[SAME_ELSEWHERE[path]]))


def test_published_files_are_named_by_owner_and_repository() -> None:
    assert all(len(Path(entry.published).parts) >= 4 for entry in PUBLISHED)
    assert len(PUBLISHED) >= 33
