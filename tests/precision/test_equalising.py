from __future__ import annotations

import numpy as np
import onnx
import pytest

from darkcsp.precision.equalising import channel_sizes, equalise, find_links
from tests.running import model_of, run_model

Array = np.typing.NDArray[np.float32]


def layer(filters: int, activation: str = "leaky", groups: int = 1, size: int = 3) -> str:
    return (
        f"[convolutional]\nbatch_normalize=1\nfilters={filters}\nsize={size}\nstride=1\npad=1\ngroups={groups}\n"
        f"activation={activation}\n"
    )


NET = "[net]\nwidth=16\nheight=16\nchannels=3\n"
POOL = "[maxpool]\nsize=2\nstride=2\n"


def run(model: onnx.ModelProto, batch: Array) -> Array:
    return next(iter(run_model(model, images=batch).values()))


def batches(count: int = 2) -> list[Array]:
    return list(np.random.default_rng(3).random((count, 1, 3, 16, 16), np.float32))


def linked(text: str) -> list[tuple[str, str]]:
    pairs = ((link.first.name, link.second.name) for link in find_links(model_of(text)))
    return [(first.split("_")[0], second.split("_")[0]) for first, second in pairs]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (layer(8) + layer(8) + layer(4), [("L000", "L001"), ("L001", "L002")]),
        (layer(8) + POOL + layer(8, groups=8), [("L000", "L002")]),
        (layer(8, "relu") + layer(8, "linear") + layer(8), [("L000", "L001"), ("L001", "L002")]),
        (layer(8, "mish") + layer(8), []),
        (layer(8, "swish") + layer(8), []),
        (layer(8) + layer(8, groups=2), []),
        (layer(8) + layer(8) + "[shortcut]\nfrom=-2\nactivation=linear\n" + layer(8), []),
        (layer(8) + layer(8) + "[route]\nlayers=-2,-1\n" + layer(8), []),
    ],
    ids=["plain", "depthwise", "relu", "mish", "swish", "grouped", "shortcut", "route"],
)
def test_what_is_linked(text: str, links: list[tuple[str, str]]) -> None:
    assert linked(NET + text) == links


@pytest.mark.parametrize("second", [layer(8), layer(8, groups=8), POOL + layer(6) + layer(6, "linear", 6)])
def test_the_network_says_the_same(second: str) -> None:
    model = model_of(NET + layer(8) + second + layer(4, "linear", size=1))
    before = model.SerializeToString()
    equal = equalise(model, channel_sizes(model, batches()))
    assert model.SerializeToString() == before
    assert equal.SerializeToString() != before
    (batch,) = batches(1)
    want = run(model, batch)
    np.testing.assert_allclose(run(equal, batch), want, atol=1e-5 * np.abs(want).max())


def test_channels_before_a_depthwise_convolution_become_equally_large() -> None:
    model = model_of(NET + layer(8) + layer(8, groups=8) + layer(4))
    (tensor,) = [link.tensor for link in find_links(model) if link.depthwise]
    sizes = channel_sizes(model, batches())
    assert sizes[tensor].min() < 0.9 * sizes[tensor].max()
    after = channel_sizes(equalise(model, sizes), batches())[tensor]
    np.testing.assert_allclose(after, after.max(), rtol=1e-4)


def test_channels_that_are_always_0_stay_as_they_are() -> None:
    model = model_of(NET + layer(8, "relu") + layer(4))
    (link,) = find_links(model)
    sizes = {link.tensor: np.zeros(8, np.float32)}
    assert equalise(model, sizes).SerializeToString() == model.SerializeToString()


def test_sizes_are_of_all_pictures() -> None:
    model = model_of(NET + layer(8) + layer(4))
    one, two = batches()
    (tensor,) = [link.tensor for link in find_links(model)]
    both = channel_sizes(model, [one, two])[tensor]
    np.testing.assert_array_equal(
        both, np.maximum(channel_sizes(model, [one])[tensor], channel_sizes(model, [two])[tensor])
    )


def test_sizes_before_the_activation_see_negative_values_whole() -> None:
    model = model_of(NET + layer(8) + layer(4))
    (link,) = find_links(model)
    after, before = (channel_sizes(model, batches(), activated=activated) for activated in (True, False))
    assert set(after) == set(before) == {link.tensor}
    assert (before[link.tensor] >= after[link.tensor]).all()
    assert (before[link.tensor] > after[link.tensor]).any()
