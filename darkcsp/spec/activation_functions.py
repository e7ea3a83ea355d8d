"""Names of activation functions, and what each program applies for them (src/activations.c, *_layer.c).

Darknet's general switch (`activate`) knows the functions in `PLAIN`, and `relu6` only on a GPU. Convolutional layers
also handle `SPECIAL`, and shortcuts two of these. A known name that a layer does not handle gives zeros: `mish` in
[connected], and `relu6` everywhere on a CPU. An unknown name is ReLU in Darknet, which is rarely what the author meant:
it is an error here, unless the program is permissive or computes as on a CPU.
"""

from __future__ import annotations

from collections.abc import Mapping

from darkcsp.cfg.options import Options
from darkcsp.spec.program import Author, Program

PLAIN = frozenset(
    "elu gelu hardtan leaky lhtan linear loggy logistic plse ramp relie relu revleaky selu stair tanh".split()
)
"""Element-wise functions that Darknet supports in every layer with an activation."""

CHANNELS = frozenset(["normalize_channels", "normalize_channels_softmax", "normalize_channels_softmax_maxval"])
"""Functions over the channels at each position."""

SPECIAL = frozenset(["swish", "mish", "hard_mish"]) | CHANNELS
"""Functions that only some layers support."""

ZERO = "zero"
"""Effective function for a known name that the layer does not handle: all outputs are zero."""

RELU6 = "relu6"
"""x clipped to 0..6."""

SOFTMAX = "normalize_channels_softmax"
"""Softmax over the channels without a shift: on a CPU, NaN if the sum exceeds the range of float32."""

FINITE_SOFTMAX = "normalize_channels_softmax_finite"
"""Effective function: the same, with 0 instead of NaN."""

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
"""What convolutions apply in WongKinYiu's readers; any other name, linear included, means no activation."""

FOREIGN: Mapping[str, str] = {
    name: function
    for names in _PYTORCH.values()
    for name, function in names.items()
    if not any(name in known for known in _KNOWN.values())
}
"""Names that only WongKinYiu's readers know -> Darknet's name of the same function."""


def read_activation(
    options: Options, default: str, program: Program, special: frozenset[str] = frozenset(), key: str = "activation"
) -> str:
    """Read an activation's name and return the function that Darknet applies, one of `EFFECTIVE`.

    Args:
        options: the section's options.
        default: the name to use if the section has none.
        program: the program that defines the names.
        special: the functions in `SPECIAL` that the layer handles.
        key: the option that holds the name.

    Raises:
        OptionError: the program does not know the name, and is neither permissive nor computes as on a CPU.
    """
    name = options.text(key, default)
    if name not in _KNOWN[program.author]:
        unknown = f"{program.author}'s Darknet does not know this activation and uses relu"
        if not (program.permissive or program.on_cpu):
            raise options.error(key, f"{unknown}; {_remedy(name, program.author)}")
        options.notice(key, f"{unknown}; it knows {_names(program.author)}")
        return "relu"
    if name == RELU6 and not program.on_cpu:
        return RELU6
    if name in PLAIN or name in special:
        return FINITE_SOFTMAX if name == SOFTMAX and not program.on_cpu else name
    where = "on a CPU" if name == RELU6 else "in this layer"
    options.notice(key, f"Darknet does not apply {name} {where}: its output is all zeros")
    return ZERO


def read_pytorch_activation(options: Options, program: Program) -> str:
    """Read the activation of a convolution as WongKinYiu's readers do; return one of `EFFECTIVE`.

    Raises OptionError if it is missing.
    """
    name = options.optional_text("activation")
    if name is None:
        raise options.error("activation", "is missing; there is no default")
    known = _PYTORCH[program.author]
    if name not in known:
        applied = ", ".join(sorted(known))
        options.notice("activation", f"{program.author}'s reader does not know it and applies none; it knows {applied}")
    return known.get(name, "linear")


def _names(author: Author) -> str:
    return ", ".join(sorted(_KNOWN[author]))


def _remedy(name: str, author: Author) -> str:
    keeping = "to use relu, pass permissive=True (--permissive)"
    if name in FOREIGN:
        return (
            f"{name} is {FOREIGN[name]} there: write activation={FOREIGN[name]}, or read the cfg as WongKinYiu's "
            f"PyTorch programs do, with dialect='wongkinyiu' (--dialect wongkinyiu); {keeping}"
        )
    return f"it knows {_names(author)}; {keeping}"
