"""Names of activation functions and what each program makes of them where (src/activations.c, *_layer.c).

Darknet's general switch (`activate`) knows the functions in `PLAIN`, and `relu6` on a GPU alone. Convolutional layers
handle `SPECIAL` besides, shortcuts two of them. A name that is known but not handled where it stands gives zeros:
`mish` in [connected], and `relu6` everywhere on a CPU. A name that is unknown is ReLU to Darknet, which hardly anybody
means: it is an error here, unless the program is permissive or computes as on a CPU.
"""

from __future__ import annotations

from collections.abc import Mapping

from darkcsp.cfg.options import Options
from darkcsp.spec.program import Author, Program

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

RELU6 = "relu6"
"""x clipped to 0..6."""

SOFTMAX = "normalize_channels_softmax"
"""Softmax over the channels without a shift: NaN where its sum is beyond the range of float32, on a CPU."""

FINITE_SOFTMAX = "normalize_channels_softmax_finite"
"""Effective function: the same, with 0 in place of NaN."""

EFFECTIVE = PLAIN | SPECIAL | {RELU6, FINITE_SOFTMAX, ZERO}
"""Every value that a spec's `activation` can have; each backend implements all of them."""

_KNOWN: Mapping[Author, frozenset[str]] = {
    "AlexeyAB": PLAIN | SPECIAL | {RELU6},
    "pjreddie": PLAIN - {"gelu", "revleaky"},
}

_U3 = {name: name for name in ("leaky", "swish", "mish", "linear")}
_PYTORCH: Mapping[Author, Mapping[str, str]] = {
    "WongKinYiu": {**_U3, "silu": "swish", "logistic": "logistic"},
    "WongKinYiu-u3": _U3,
}
"""What the convolutions of WongKinYiu's readers apply; any other name, linear included, is no activation."""

FOREIGN: Mapping[str, str] = {
    name: function
    for names in _PYTORCH.values()
    for name, function in names.items()
    if not any(name in known for known in _KNOWN.values())
}
"""Names that Darknet does not know and WongKinYiu's readers do, and what Darknet calls the same function."""


def read_activation(
    options: Options, default: str, program: Program, special: frozenset[str] = frozenset(), key: str = "activation"
) -> str:
    """Read an activation's name and return the function that Darknet applies, one of `EFFECTIVE`.

    Args:
        options: the section's.
        default: the name where the section gives none.
        program: whose names are known.
        special: which of `SPECIAL` the layer handles.
        key: the option that has the name.

    Raises OptionError for a name that the program does not know, unless it is permissive or computes as on a CPU.
    """
    name = options.text(key, default)
    if name not in _KNOWN[program.author]:
        unknown = f"{program.author}'s Darknet knows no such activation and uses relu"
        if not (program.permissive or program.on_cpu):
            raise options.error(key, f"{unknown}; {_remedy(name, program.author)}")
        options.notice(key, f"{unknown}; known are {_names(program.author)}")
        return "relu"
    if name == RELU6 and not program.on_cpu:
        return RELU6
    if name in PLAIN or name in special:
        return FINITE_SOFTMAX if name == SOFTMAX and not program.on_cpu else name
    where = "on a CPU" if name == RELU6 else "in this layer"
    options.notice(key, f"Darknet does not apply {name} {where}: its output is all zeros")
    return ZERO


def read_pytorch_activation(options: Options, program: Program) -> str:
    """Read the activation of a convolution, which must stand, as WongKinYiu's readers do; return one of `EFFECTIVE`.

    Raises OptionError where it is missing.
    """
    name = options.optional_text("activation")
    if name is None:
        raise options.error("activation", "is missing; there is no default")
    known = _PYTORCH[program.author]
    if name not in known:
        applied = ", ".join(sorted(known))
        options.notice("activation", f"{program.author}'s reader applies none of this name; it knows {applied}")
    return known.get(name, "linear")


def _names(author: Author) -> str:
    return ", ".join(sorted(_KNOWN[author]))


def _remedy(name: str, author: Author) -> str:
    keeping = "permissive=True (--permissive) keeps relu"
    if name in FOREIGN:
        return (
            f"{name} is {FOREIGN[name]} there: write activation={FOREIGN[name]}, or read the cfg as WongKinYiu's "
            f"PyTorch programs do, with dialect='wongkinyiu' (--dialect wongkinyiu); {keeping}"
        )
    return f"known are {_names(author)}; {keeping}"
