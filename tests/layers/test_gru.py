"""[gru]: order of the sublayers in both programs' files, and the activation."""

from __future__ import annotations

import pytest

from darkcsp.layers.gru import Gru
from tests.networks import graph_of
from tests.recurrence import PICTURES, VECTORS, assert_backends_agree

FORKS = PICTURES + "[convolutional]\nfilters=2\nactivation=linear\n\n[gru]\noutput=4\n"
ORIGINALS = VECTORS + "[gru]\noutput=4\nbatch_normalize=1\n"


def gru_of(text: str) -> Gru:
    spec = graph_of(text).layers[-1]
    assert isinstance(spec, Gru)
    return spec


def test_the_programs_differ_in_the_order_of_the_file() -> None:
    assert list(gru_of(FORKS).parts) == ["uz", "ur", "uh", "wz", "wr", "wh"]
    assert list(gru_of(ORIGINALS).parts) == ["wz", "wr", "wh", "uz", "ur", "uh"]
    assert gru_of(FORKS).blobs[1] == ("uz.weights", (4, 40), "by_header")
    assert gru_of(ORIGINALS).blobs[1] == ("wz.weights", (4, 4), "by_header")


def test_tanh_is_pjreddies() -> None:
    assert gru_of(ORIGINALS).activation == "logistic"
    assert gru_of(ORIGINALS + "tanh=1\n").activation == "tanh"
    assert gru_of(FORKS + "tanh=1\n").activation == "logistic"
    assert any("no option tanh" in notice.message for notice in graph_of(FORKS + "tanh=1\n").notices)


def test_the_output_is_the_state() -> None:
    spec = gru_of(ORIGINALS)
    assert spec.output == (4, 1, 1)
    assert [state.shape for state in spec.states] == [(4, 1, 1)]


@pytest.mark.parametrize("text", [FORKS, ORIGINALS, ORIGINALS + "tanh=1\n"])
def test_backends_agree(text: str) -> None:
    assert_backends_agree(graph_of(text))
