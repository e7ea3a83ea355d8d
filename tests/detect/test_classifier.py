"""The most probable classes of a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import darkcsp
from darkcsp.detect import Classification, Classifier
from darkcsp.detect.preprocess import classifier_input
from darkcsp.errors import ArgumentError, CfgWarning, ModelError
from darkcsp.runtimes import Metadata
from darkcsp.spec.shape import Shape
from tests.detect.stub import Stub
from tests.heads import TREE
from tests.networks import CLASSIFIER, DETECTOR, write_files

PICTURE = np.random.default_rng(0).integers(0, 256, (30, 20, 3), np.uint8)


def _stub(*probabilities: float) -> Stub:
    metadata = Metadata("classifier", "decoded", Shape(3, 16, 16), names=("cat", "dog"))
    return Stub(metadata, np.array(probabilities, np.float32))


def test_the_most_probable_come_first() -> None:
    stub = _stub(0.1, 0.25, 0.5, 0.125)
    with pytest.warns(CfgWarning, match="has 4 classes, but names for 2"):
        found = Classifier(stub, top=3)(PICTURE)
    assert found == [Classification(2, "2", 0.5), Classification(1, "dog", 0.25), Classification(3, "3", 0.125)]
    np.testing.assert_array_equal(stub.given[0][0], classifier_input(PICTURE, Shape(3, 16, 16)))


def test_there_may_be_fewer_classes_than_asked_for() -> None:
    assert [item.name for item in Classifier(_stub(0.2, 0.8))(PICTURE)] == ["dog", "cat"]
    assert [item.name for item in Classifier(_stub(0.2, 0.8), names=["x", "y"])(PICTURE)] == ["y", "x"]


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime", "torch"])
def test_a_network_of_its_own(backend: str, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, CLASSIFIER)
    classifier = darkcsp.Classifier(cfg=cfg, weights=weights, backend=backend)
    first, second = classifier.batch([PICTURE, PICTURE[::-1]])
    assert len(first) == 5
    assert sum(item.probability for item in first) == pytest.approx(1)
    assert [item.class_id for item in classifier(PICTURE)] == [item.class_id for item in first]
    assert [item.probability for item in first] != [item.probability for item in second]
    assert classifier.batch([]) == []


def test_the_wrong_kind_of_model_is_refused(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    with pytest.raises(ModelError, match=r"x\.cfg: has detection heads; open it with darkcsp\.Detector"):
        Classifier(cfg=cfg, weights=weights)
    with pytest.raises(ArgumentError, match="top=0: expected 1 or more"):
        Classifier(_stub(1), top=0)


def test_maps_are_no_probabilities(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, CLASSIFIER.split("[avgpool]")[0])
    with pytest.raises(ModelError, match=r"its output has shape \(4, 8, 8\), expected one probability per class"):
        Classifier(cfg=cfg, weights=weights)(PICTURE)


def test_a_tree_multiplies_down_from_the_root() -> None:
    parents = (-1, -1, 0, 0, 2, 2, 1, 1, 7)
    metadata = Metadata("classifier", "decoded", Shape(3, 16, 16), parents=parents)
    stub = Stub(metadata, np.array([0.75, 0.25, 0.5, 0.5, 0.875, 0.125, 0.5, 0.5, 1], np.float32))
    leaves = Classifier(stub, top=9)(PICTURE)
    assert [(item.class_id, item.probability) for item in leaves[:5]] == [
        (3, 0.375),
        (4, 0.328125),
        (6, 0.125),
        (8, 0.125),
        (5, 0.046875),
    ]
    assert [item.probability for item in leaves[5:]] == [0] * 4
    every = Classifier(stub, top=4, only_leaves=False)(PICTURE)
    assert [(item.class_id, item.probability) for item in every] == [(0, 0.75), (2, 0.375), (3, 0.375), (4, 0.328125)]


@pytest.mark.parametrize("backend", ["opencv", "onnxruntime", "torch"])
def test_a_network_over_a_tree(backend: str, tmp_path: Path) -> None:
    (tmp_path / "x.tree").write_text(TREE)
    text = CLASSIFIER.replace("filters=5", "filters=9").replace("[softmax]", f"[softmax]\ntree={tmp_path}/x.tree")
    cfg, weights = write_files(tmp_path, text)
    classifier = darkcsp.Classifier(cfg=cfg, weights=weights, backend=backend, top=9)
    found = {item.class_id: item.probability for item in classifier(PICTURE)}
    assert sum(found[leaf] for leaf in (3, 4, 5, 6, 8)) == pytest.approx(1, abs=1e-5)
    assert all(found[inner] == 0 for inner in (0, 1, 2, 7))
    darkcsp.convert(cfg, weights, tmp_path / "x.onnx")
    if backend != "torch":
        again = darkcsp.Classifier(tmp_path / "x.onnx", backend=backend, top=9)(PICTURE)
        assert {item.class_id: item.probability for item in again} == pytest.approx(found)


@pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning")
def test_semantics(tmp_path: Path) -> None:
    """On a CPU relu6 leaves nothing, so that every picture has the same classes."""
    cfg, weights = write_files(tmp_path, CLASSIFIER.replace("activation=relu", "activation=relu6"))
    trained = Classifier(cfg=cfg, weights=weights)
    with pytest.warns(CfgWarning, match="Darknet does not apply relu6 on a CPU: its output is all zeros"):
        cpu = Classifier(cfg=cfg, weights=weights, semantics="cpu")
    assert cpu(PICTURE) == cpu(255 - PICTURE) != trained(PICTURE)
    assert trained(PICTURE) != trained(255 - PICTURE)
