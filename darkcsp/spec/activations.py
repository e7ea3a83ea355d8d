"""Names of activation functions and what Darknet makes of each where (src/activations.c, *_layer.c).

Darknet's general switch (`activate`) knows the functions in `PLAIN`. Convolutional layers handle `SPECIAL` besides,
shortcuts two of them. A name that is known but not handled where it stands gives zeros: `relu6` everywhere on the
CPU, `mish` in [connected]. A name that is unknown is ReLU.
"""

from __future__ import annotations

from typing import Literal

from darkcsp.cfg.options import Options
from darkcsp.spec.spec import Dialect

PLAIN = frozenset(
    "elu gelu hardtan leaky lhtan linear loggy logistic plse ramp relie relu revleaky selu stair tanh".split()
)
"""Element-wise functions that Darknet knows in every layer with an activation."""

CHANNELS = frozenset(["normalize_channels", "normalize_channels_softmax", "normalize_channels_softmax_maxval"])
"""Functions over the channels of a position."""

SPECIAL = frozenset(["swish", "mish", "hard_mish"]) | CHANNELS
"""Functions that only some layers know."""

ZERO = "zero"
"""Effective function of a known name that the layer does not handle: all outputs are zero."""

EFFECTIVE = PLAIN | SPECIAL | {ZERO}
"""Every value that a spec's `activation` can have; each backend implements all of them."""

_KNOWN: dict[Dialect, frozenset[str]] = {
    "AlexeyAB": PLAIN | SPECIAL | {"relu6"},
    "pjreddie": PLAIN - {"gelu", "revleaky"},
}
_HANDLED = {
    "convolutional": SPECIAL,
    "shortcut": frozenset(["swish", "mish"]),
    "plain": frozenset[str](),
}


def read_activation(
    options: Options,
    default: str,
    where: Literal["convolutional", "shortcut", "plain"] = "plain",
    dialect: Dialect = "AlexeyAB",
    key: str = "activation",
) -> str:
    """Read an activation's name and return the function that Darknet applies, one of `EFFECTIVE`."""
    name = options.text(key, default)
    if name not in _KNOWN[dialect]:
        known = ", ".join(sorted(_KNOWN[dialect]))
        options.notice(key, f"{dialect}'s Darknet knows no such activation and uses relu; known are {known}")
        return "relu"
    if name in PLAIN or name in _HANDLED[where]:
        return name
    options.notice(key, f"Darknet does not apply {name} in this layer: its output is all zeros")
    return ZERO
