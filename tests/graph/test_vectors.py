"""What cannot be read by the layer below: a [cost], and vectors without height, width and channels."""

from __future__ import annotations

import pytest

from darkcsp.errors import GraphError
from tests.networks import graph_of

PICTURE = "[net]\nwidth=6\nheight=5\nchannels=4\n\n[convolutional]\nfilters=4\nsize=3\npad=1\n\n"
VECTOR = "[net]\ninputs=12\n\n"
CONVOLUTIONAL = "[convolutional]\nfilters=2\nsize=1\n\n"


@pytest.mark.parametrize("maker", ["[softmax]\n\n", "[gru]\noutput=4\n\n"])
@pytest.mark.parametrize(
    "reader",
    [
        CONVOLUTIONAL,
        "[batchnorm]\n\n",
        "[upsample]\nstride=2\n\n",
        "[shortcut]\nfrom=1\n\n",
        "[dropout]\n\n[avgpool]\n\n",
        "[route]\nlayers=1\n\n[maxpool]\nsize=1\n\n",
    ],
)
def test_layers_on_pictures_cannot_read_a_vector(maker: str, reader: str) -> None:
    with pytest.raises(GraphError, match=r"needs height, width and channels, but layer \d, "):
        graph_of(PICTURE + maker + reader)


@pytest.mark.parametrize(
    "reader",
    ["[connected]\noutput=3\n\n", "[activation]\nactivation=leaky\n\n[softmax]\n\n", "[lstm]\noutput=3\n\n[cost]\n\n"],
)
def test_other_layers_can(reader: str) -> None:
    graph = graph_of(PICTURE + "[softmax]\n\n" + reader)
    assert graph.program.author == "AlexeyAB"


def test_the_input_may_be_a_vector() -> None:
    with pytest.raises(GraphError, match=r"x\.cfg:4: \[convolutional\] .* the input, given only by inputs=,"):
        graph_of(VECTOR + CONVOLUTIONAL)
    assert graph_of(VECTOR + "[connected]\noutput=4\n\n" + CONVOLUTIONAL).layers[1].output == (2, 1, 1)


def test_the_programs_differ_in_lstm() -> None:
    text = PICTURE + "[lstm]\noutput=4\n\n[batchnorm]\n\n"
    assert graph_of(text).program.author == "AlexeyAB"
    with pytest.raises(GraphError, match=r"\[batchnorm\] needs .* layer 1, \[lstm\], is a plain vector"):
        graph_of(text + "[l2norm]\n\n")  # a section that makes it pjreddie's


@pytest.mark.parametrize("reader", ["[connected]\noutput=3\n", "[dropout]\n", "[route]\nlayers=1\n"])
def test_nothing_reads_a_cost(reader: str) -> None:
    with pytest.raises(GraphError, match=r"reads layer 1, a \[cost\], which has no output in Darknet"):
        graph_of(PICTURE + "[cost]\n\n" + reader)


def test_layers_above_a_cost_can_be_read() -> None:
    assert graph_of(PICTURE + "[cost]\n\n[route]\nlayers=0\n\n" + CONVOLUTIONAL).layers[3].output == (2, 5, 6)
