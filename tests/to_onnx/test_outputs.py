from __future__ import annotations

import numpy as np
import onnx
import pytest

from darkcsp.errors import ArgumentError, ModelError
from tests.networks import CLASSIFIER, DETECTOR, graph_of
from tests.running import model_of, run_model


def outputs_of(text: str, head: str, batch: int | None = 1, n: int = 1) -> dict[str, np.typing.NDArray[np.float32]]:
    model = model_of(text, head=head, batch=batch)
    onnx.checker.check_model(model, full_check=True)
    return run_model(model, images=np.random.default_rng(1).random((n, *graph_of(text).input), np.float32))


def test_opencv4_gives_each_head_apart_with_small_probabilities_cut() -> None:
    rows = outputs_of(DETECTOR, "decoded")["detections"][0]
    heads = outputs_of(DETECTOR, "opencv4")
    assert {name: value.shape for name, value in heads.items()} == {"yolo_5": (128, 7), "yolo_10": (256, 7)}
    together = np.concatenate(list(heads.values()))
    np.testing.assert_allclose(together[:, :5], rows[:, :5], atol=1e-6)
    classes, wanted = together[:, 5:], np.where(rows[:, 5:] > 0.2, rows[:, 5:], 0)
    np.testing.assert_allclose(classes, wanted, atol=1e-6)
    assert 0 < (classes > 0).sum() < classes.size


@pytest.mark.parametrize(("batch", "n"), [(3, 3), (None, 2)])
def test_opencv4_has_a_dimension_for_other_batches(batch: int | None, n: int) -> None:
    heads = outputs_of(DETECTOR, "opencv4", batch, n)
    assert [value.shape for value in heads.values()] == [(n, 128, 7), (n, 256, 7)]


def test_opencv4_names_a_region_as_opencv_did() -> None:
    text = DETECTOR.split("[yolo]")[0] + "[region]\nanchors=1,2,3,4\nnum=2\nclasses=2\nsoftmax=1\n"
    assert list(outputs_of(text, "opencv4")) == ["detection_out"]


@pytest.mark.parametrize("head", ["raw", "decoded", "opencv4"])
def test_a_classifier_has_one_output_in_every_form(head: str) -> None:
    (value,) = outputs_of(CLASSIFIER, head).values()
    assert value.size == 5


def test_heads_of_different_classes_have_no_common_output() -> None:
    text = DETECTOR.replace("filters=7", "filters=8")
    text = text[: text.rindex("classes=2")] + "classes=3\n"
    with pytest.raises(ModelError, match=r"x\.cfg: heads with 2 and 3 classes have no common output"):
        outputs_of(text, "decoded")
    assert [value.shape for value in outputs_of(text, "opencv4").values()] == [(128, 7), (256, 8)]


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ArgumentError, match="head='boxes': expected one of decoded, raw, opencv4, nms"):
        outputs_of(DETECTOR, "boxes")
