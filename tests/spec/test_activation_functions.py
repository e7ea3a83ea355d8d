"""Activation functions: their formulas, and which layer applies which."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from darkcsp.cfg import Options, parse_cfg
from darkcsp.errors import OptionError
from darkcsp.spec.activation_functions import (
    CHANNELS,
    EFFECTIVE,
    FINITE_SOFTMAX,
    PLAIN,
    RELU6,
    SOFTMAX,
    SPECIAL,
    ZERO,
    read_activation,
)
from darkcsp.spec.program import SEMANTICS, Author, Program, Semantics
from tests.networks import graph_of
from tests.single import PICTURE, conv, run

Double = npt.NDArray[np.float64]


def _stair(x: Double) -> Double:
    whole = np.floor(x)
    return np.floor(x / 2) + np.where(whole.astype(int) % 2 == 0, 0, x - whole)


FORMULAS: dict[str, Callable[[Double], Double]] = {
    "linear": lambda x: x,
    "logistic": lambda x: 1 / (1 + np.exp(-x)),
    "loggy": lambda x: 2 / (1 + np.exp(-x)) - 1,
    "relu": lambda x: np.maximum(x, 0),
    "elu": lambda x: np.where(x >= 0, x, np.exp(x) - 1),
    "selu": lambda x: 1.0507 * np.where(x >= 0, x, 1.6732 * (np.exp(x) - 1)),
    "gelu": lambda x: 0.5 * x * (1 + np.tanh(0.797885 * x + 0.035677 * x**3)),
    "relie": lambda x: np.where(x > 0, x, 0.01 * x),
    "ramp": lambda x: np.maximum(x, 0) + 0.1 * x,
    "leaky": lambda x: np.where(x > 0, x, 0.1 * x),
    "revleaky": lambda x: np.where(x > 0, x, 0.1 * x),
    "tanh": np.tanh,
    "plse": lambda x: np.where(x < -4, 0.01 * (x + 4), np.where(x > 4, 0.01 * (x - 4) + 1, 0.125 * x + 0.5)),
    "stair": _stair,
    "hardtan": lambda x: np.clip(x, -1, 1),
    "lhtan": lambda x: np.where(x < 0, 0.001 * x, np.where(x > 1, 0.001 * (x - 1) + 1, x)),
    "swish": lambda x: x / (1 + np.exp(-x)),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "hard_mish": lambda x: np.where(x > 0, x, np.where(x > -2, x * x / 2 + x, 0)),
    "normalize_channels": lambda x: np.maximum(x, 0) / (np.maximum(x, 0).sum(1, keepdims=True) + 1e-4),
    "normalize_channels_softmax": lambda x: np.exp(x) / (np.exp(x).sum(1, keepdims=True) + 1e-4),
    "normalize_channels_softmax_maxval": lambda x: (
        (e := np.exp(x - x.max(1, keepdims=True))) / (e.sum(1, keepdims=True) + 1e-4)
    ),
    "zero": np.zeros_like,
}
FORMULAS |= {"relu6": lambda x: np.clip(x, 0, 6), FINITE_SOFTMAX: FORMULAS["normalize_channels_softmax"]}

GRID = np.concatenate([np.arange(-6, 6.5, 0.5), np.linspace(-5.9, 5.9, 31)]).astype(np.float32)
"""Includes every place where a piece ends."""


def test_there_is_a_formula_for_each() -> None:
    assert set(FORMULAS) == EFFECTIVE


def _written(effective: str) -> tuple[str, Semantics]:
    """The name in a cfg, and the semantics, that make a convolution apply a function."""
    return (
        (SOFTMAX, "trained")
        if effective == FINITE_SOFTMAX
        else (effective, "cpu" if effective == SOFTMAX else "trained")
    )


@pytest.mark.parametrize("effective", sorted(EFFECTIVE - {ZERO}))
def test_values(effective: str) -> None:
    name, semantics = _written(effective)
    rows = np.stack([GRID, GRID[::-1], GRID * 0.5, -GRID * 0.25])
    x = np.stack([rows, rows[::-1]], 1)[None].copy()
    identity = np.eye(4, dtype=np.float32)[:, :, None, None]
    result = run(
        f"[net]\nwidth={len(GRID)}\nheight=2\nchannels=4\n" + conv(4, size=1, pad=0, activation=name),
        x,
        {0: {"weights": identity, "biases": np.zeros(4, np.float32)}},
        semantics=semantics,
    )
    assert vars(result.graph.layers[0])["activation"] == effective
    np.testing.assert_allclose(result.last, FORMULAS[effective](x.astype(np.float64)), rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("semantics", SEMANTICS)
@pytest.mark.parametrize("special", [SPECIAL, frozenset(["swish", "mish"]), frozenset[str]()])
def test_who_applies_what(special: frozenset[str], semantics: Semantics) -> None:
    known = PLAIN | special | ({RELU6} if semantics == "trained" else frozenset())
    for name in PLAIN | SPECIAL | {RELU6}:
        options = Options(parse_cfg(f"[net]\nactivation={name}\n").sections[0], "x.cfg")
        effective = read_activation(options, "linear", Program(semantics=semantics), special)
        want = name if name in known else ZERO
        assert effective == (FINITE_SOFTMAX if (want, semantics) == (SOFTMAX, "trained") else want)
        assert bool(options.notices) == (effective == ZERO)


def test_the_softmax_of_large_numbers_was_zero_in_training() -> None:
    text = PICTURE + conv(3, size=1, pad=0, activation="normalize_channels_softmax")
    x = np.zeros((1, 3, 6, 7), np.float32)
    x[0, :, 0, 0], x[0, :, 1, 1], x[0, :, 2, 2] = (100, 0, 0), (88.5, 88.5, 88.5), (100, 100, 1)
    identity = {"weights": np.eye(3, dtype=np.float32)[:, :, None, None], "biases": np.zeros(3, np.float32)}
    trained = run(text, x, {0: identity}).last
    assert not trained[0, :, [0, 1, 2], [0, 1, 2]].any()
    np.testing.assert_allclose(trained[0, :, 3], 1 / 3, rtol=1e-4)
    on_cpu = run(text, x, {0: identity}, semantics="cpu").last
    assert np.isnan(on_cpu).sum() == 3


@pytest.mark.parametrize(("author", "name"), [("AlexeyAB", "leeky"), ("pjreddie", "mish"), ("pjreddie", "gelu")])
def test_unknown_names_are_an_error_and_relu_to_the_permissive(author: Author, name: str) -> None:
    options = Options(parse_cfg(f"[net]\nactivation={name}\n").sections[0], "x.cfg")
    with pytest.raises(OptionError, match=f"x.cfg:2: .* activation={name}: {author}'s Darknet .* it knows "):
        read_activation(options, "linear", Program(author), SPECIAL)
    assert read_activation(options, "linear", Program(author, permissive=True), SPECIAL) == "relu"
    assert f"{author}'s Darknet does not know this activation and uses relu" in str(options.notices[0])


def test_channel_functions_are_special() -> None:
    assert CHANNELS < SPECIAL
    assert not graph_of(PICTURE + conv(3, activation="normalize_channels")).notices
