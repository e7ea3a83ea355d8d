"""The list of models: names by pattern, and numbers that are those of the networks."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkcsp.graph import build_graph
from darkcsp.zoo import cfg, list_models
from darkcsp.zoo.catalogue import CATALOGUE
from darkcsp.zoo.listing import ListedModel, read_listing, to_csv


def test_all_models_are_listed() -> None:
    assert list_models() == list(CATALOGUE) == [model.name for model in read_listing()]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*yolov3*", ["peleenet-yolov3", "yolov3", "yolov3-spp", "yolov3-tiny", "yolov3-tiny-prn"]),
        ("YOLOv3", ["yolov3"]),
        ("resnet?0", ["resnet10", "resnet50"]),
        ("cspdensenet[b]-ref", ["cspdensenetb-ref"]),
        ("alexnet*", []),
        ("", []),
    ],
)
def test_a_pattern_chooses(pattern: str, names: list[str]) -> None:
    assert list_models(pattern) == names


@given(st.sampled_from(sorted(CATALOGUE)), st.integers(0, 8))
def test_every_start_of_a_name_finds_all_names_that_start_so(name: str, length: int) -> None:
    start = name[:length]
    assert list_models(f"{start}*") == [other for other in CATALOGUE if other.startswith(start)]


@pytest.mark.parametrize("model", read_listing(), ids=lambda model: model.name)
def test_the_numbers_are_those_of_the_shipped_cfg(model: ListedModel) -> None:
    assert model == ListedModel.of(CATALOGUE[model.name], build_graph(cfg(model.name)))


def test_a_listing_is_read_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    models = [ListedModel("a", "own", 64, 32, 10, 20), ListedModel("b-c", "fit", 416, 416, 123456789, 10**11)]
    monkeypatch.setattr("darkcsp.zoo.listing.read_file", lambda name: to_csv(models))
    assert read_listing() == models


def test_importing_the_zoo_takes_only_the_standard_library_and_no_layers() -> None:
    code = "import sys, darkcsp.zoo\ndarkcsp.zoo.list_models()\nprint(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(result.stdout.split())
    assert {"numpy", "torch", "onnx", "cv2", "click", "rich", "darkcsp.layers", "darkcsp.paper"} & loaded == set()
