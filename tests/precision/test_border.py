from __future__ import annotations

from darkcsp.precision.border import find_border
from tests.networks import CLASSIFIER, DETECTOR
from tests.running import model_of


def names(text: str, **options: object) -> tuple[set[str], set[str]]:
    border = find_border(model_of(text, **options))
    return set(border.tail), set(border.last)


def test_a_head_ends_behind_its_last_convolution() -> None:
    tail, last = names(DETECTOR)
    assert last == {"L004_convolutional/Conv", "L009_convolutional/Conv"}
    assert all(name.startswith(("L005_yolo/", "L010_yolo/", "detections/", "output/")) for name in tail)


def test_taps_are_no_ends() -> None:
    assert names(DETECTOR, taps="all")[1] == {"L004_convolutional/Conv", "L009_convolutional/Conv"}


def test_what_heads_are_given_is_made_by_their_last_convolution() -> None:
    tail, last = names(DETECTOR, head="raw")
    assert last == {"L004_convolutional/Conv", "L009_convolutional/Conv"}
    assert not any("yolo" in name for name in tail)


def test_a_classifier_s_last_layer_is_its_head() -> None:
    tail, last = names(CLASSIFIER)
    assert last == {"L003_convolutional/Conv"}
    assert any("softmax" in name for name in tail)
