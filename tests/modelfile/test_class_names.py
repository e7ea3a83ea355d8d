"""Class names are names, and as many as there are classes."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from darkcsp import Classifier, Detector, ExportOptions, build_onnx, convert
from darkcsp.errors import ArgumentError, CfgWarning
from darkcsp.modelfile.class_names import check_count, checked_names, classes_of
from darkcsp.precision import convert_precision
from darkcsp.runtimes import open_runtime
from tests.detect.stub import detector_stub
from tests.networks import CLASSIFIER, DETECTOR, graph_of, weights_of, write_files

ROW = [0.5, 0.5, 0.2, 0.4, 0.9, 0.8, 0.1]
SECTIONS = "[net]\nwidth=8\nheight=8\nchannels=3\n[convolutional]\nfilters=4\nsize=1\nactivation=linear\n"


@pytest.mark.parametrize("names", ["coco.names", {0: "cat"}, {"cat", "dog"}, [0, 1], ["cat", None], [b"cat"]])
def test_what_are_no_names(names: Any) -> None:
    with pytest.raises(ArgumentError, match=r"expected a list of names, the first for class 0$"):
        checked_names(names)
    with pytest.raises(ArgumentError, match="names"):
        ExportOptions(names=names)
    if not isinstance(names, str):  # a file
        with pytest.raises(ArgumentError, match="names"):
            Detector(detector_stub([ROW]), names=names)


def test_names_may_be_any_sequence() -> None:
    assert checked_names(name for name in ["cat", ""]) == ("cat", "")
    assert checked_names(np.array(["cat"])) == ("cat",)


def test_classes_of_networks() -> None:
    assert classes_of(graph_of(DETECTOR)) == 2
    assert classes_of(graph_of(CLASSIFIER)) == 5
    assert classes_of(graph_of(SECTIONS)) is None


def test_the_count_is_checked() -> None:
    check_count((), 2, "x.cfg")
    check_count(("cat", "dog"), 2, "x.cfg", strict=True)
    check_count(("cat",), None, "x.cfg", strict=True)
    for names in (("cat",), ("cat", "dog", "cow")):
        message = rf"^x\.cfg: has 2 classes, but names for {len(names)}; are they the ones it was trained with\?$"
        with pytest.warns(CfgWarning, match=message):
            check_count(names, 2, "x.cfg")
        with pytest.raises(ArgumentError, match=message):
            check_count(names, 2, "x.cfg", strict=True)


def test_a_detector_tells_of_names_that_do_not_fit(tmp_path: Path) -> None:
    with pytest.warns(CfgWarning, match=r"stub\.onnx: has 2 classes, but names for 1"):
        Detector(detector_stub([ROW]), names=["cat"])
    with pytest.raises(ArgumentError, match="names for 3"):
        Detector(detector_stub([ROW]), names=["cat", "dog", "cow"], strict=True)
    cfg, weights = write_files(tmp_path, DETECTOR)
    with pytest.warns(CfgWarning, match=r"x\.cfg: has 2 classes, but names for 3"):
        path = convert(cfg, weights, names=["cat", "dog", "cow"])
    with pytest.warns(CfgWarning, match=r"x\.onnx: has 2 classes, but names for 3"):
        Detector(path)


def test_a_classifier_tells_of_them_once(tmp_path: Path) -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    runtime = open_runtime(cfg=(files := write_files(tmp_path, CLASSIFIER))[0], weights=files[1])
    classifier = Classifier(runtime, names=["cat", "dog"])
    with pytest.warns(CfgWarning, match=r"x\.cfg: has 5 classes, but names for 2"):
        classifier(picture)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classifier(picture)
    strict = Classifier(runtime, names=["cat", "dog"], strict=True)
    for _ in range(2):
        with pytest.raises(ArgumentError, match="names for 2"):
            strict(picture)


def test_names_of_a_model_are_checked_when_it_is_written(tmp_path: Path) -> None:
    graph = graph_of(CLASSIFIER)
    with pytest.warns(CfgWarning, match="has 5 classes, but names for 1"):
        build_onnx(graph, weights_of(graph), names=["cat"])
    files = write_files(tmp_path, DETECTOR)
    for strict in (False, True):
        with pytest.raises((CfgWarning, ArgumentError), match="has 2 classes, but names for 1"):
            convert(*files, names=["cat"], strict=strict)
    with pytest.warns(CfgWarning, match="has 2 classes, but names for 1") as told:
        convert_precision(*files, tmp_path / "x.onnx", names=["cat"], precision="fp16")
    assert len([item for item in told if issubclass(item.category, CfgWarning)]) == 1
