"""Activation functions as ONNX nodes, one for each of `spec.activation_functions.EFFECTIVE` (src/activations.h)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from darkcsp.to_onnx.emitter import Emitter

Emit = Callable[[Emitter, str], str]

EPSILON = 1e-4
"""What the channel-normalising functions add to their sums."""

LARGEST = float(np.finfo(np.float32).max)

ONE_FROM = 10.0
"""From here on tanh(x) is 1 in float32."""


def activate(emit: Emitter, name: str, x: str) -> str:
    """Write the function `name` of x; returns x itself for linear."""
    return FUNCTIONS[name](emit, x)


def write_tanh(emit: Emitter, x: str) -> str:
    """Write tanh of x within -10..10, where it is -1 and 1 already: OpenCV 5's Tanh is NaN from about 45 on."""
    return emit.node("Tanh", _clip(emit, x, -ONE_FROM, ONE_FROM))


def _unary(op: str, **attributes: float) -> Emit:
    def write(emit: Emitter, x: str) -> str:
        return emit.node(op, x, **attributes)

    return write


def _clip(emit: Emitter, x: str, low: float | None, high: float | None) -> str:
    limits = ["" if limit is None else emit.constant(limit) for limit in (low, high)]
    return emit.node("Clip", x, *(limits if high is not None else limits[:1]))


def _swish(emit: Emitter, x: str) -> str:
    return emit.node("Mul", x, emit.node("Sigmoid", x))


def _mish(emit: Emitter, x: str) -> str:
    """x tanh(ln(1 + e^x)): the three nodes that OpenCV and OpenVINO fuse; see passes/mish_by_exponential."""
    return emit.node("Mul", x, emit.node("Tanh", emit.node("Softplus", x)))


def _hard_mish(emit: Emitter, x: str) -> str:
    """max(x, min(x, 0)^2 / 2 + x clipped at -2): the middle piece x^2/2 + x, 0 where it meets -2."""
    low = _clip(emit, x, -2.0, 0.0)
    curve = emit.node("Add", emit.scalar("Mul", emit.node("Mul", low, low), 0.5), low)
    return emit.node("Add", emit.node("Relu", x), curve)


def _loggy(emit: Emitter, x: str) -> str:
    return emit.scalar("Sub", emit.scalar("Mul", emit.node("Sigmoid", x), 2.0), 1.0)


def _gelu(emit: Emitter, x: str) -> str:
    cube = emit.node("Mul", emit.node("Mul", x, x), x)
    inner = emit.node("Add", emit.scalar("Mul", x, 0.797885), emit.scalar("Mul", cube, 0.035677))
    outer = emit.scalar("Add", write_tanh(emit, inner), 1.0)
    return emit.node("Mul", emit.scalar("Mul", x, 0.5), outer)


def _ramp(emit: Emitter, x: str) -> str:
    return emit.node("Add", emit.node("Relu", x), emit.scalar("Mul", x, 0.1))


def _plse(emit: Emitter, x: str) -> str:
    """0.125 x + 0.5 clipped to 0..1, plus 0.01 of what lies beyond -4 and 4."""
    middle = emit.scalar("Add", emit.scalar("Mul", _clip(emit, x, -4.0, 4.0), 0.125), 0.5)
    beyond = emit.node("Sub", x, _clip(emit, x, -4.0, 4.0))
    return emit.node("Add", middle, emit.scalar("Mul", beyond, 0.01))


def _lhtan(emit: Emitter, x: str) -> str:
    """x clipped to 0..1, plus a thousandth of what lies beyond."""
    inside = _clip(emit, x, 0.0, 1.0)
    return emit.node("Add", inside, emit.scalar("Mul", emit.node("Sub", x, inside), 0.001))


def _stair(emit: Emitter, x: str) -> str:
    """floor(x/2), plus the fraction of x where floor(x) is odd: floor(x) - 2 floor(x/2) is then 1."""
    whole = emit.node("Floor", x)
    half = emit.node("Floor", emit.scalar("Mul", x, 0.5))
    odd = emit.node("Sub", whole, emit.scalar("Mul", half, 2.0))
    return emit.node("Add", half, emit.node("Mul", odd, emit.node("Sub", x, whole)))


def _total(emit: Emitter, positive: str) -> str:
    return emit.scalar("Add", emit.node("ReduceSum", positive, emit.ints(1), keepdims=1), EPSILON)


def _normalize(emit: Emitter, positive: str) -> str:
    return emit.node("Div", positive, _total(emit, positive))


def _finite_softmax(emit: Emitter, x: str) -> str:
    """e^x / sum, with 0 where the sum overflows: the largest number divided by infinity."""
    e = emit.node("Exp", x)
    return emit.node("Div", _clip(emit, e, 0.0, LARGEST), _total(emit, e))


def _maxval(emit: Emitter, x: str) -> str:
    largest = emit.node("ReduceMax", x, axes=[1], keepdims=1)
    return _normalize(emit, emit.node("Exp", emit.node("Sub", x, largest)))


FUNCTIONS: dict[str, Emit] = {
    "linear": lambda emit, x: x,
    "logistic": _unary("Sigmoid"),
    "loggy": _loggy,
    "relu": _unary("Relu"),
    "relu6": lambda emit, x: _clip(emit, x, 0.0, 6.0),
    "elu": _unary("Elu", alpha=1.0),
    "selu": _unary("Selu", alpha=1.6732, gamma=1.0507),
    "gelu": _gelu,
    "relie": _unary("LeakyRelu", alpha=0.01),
    "ramp": _ramp,
    "leaky": _unary("LeakyRelu", alpha=0.1),
    "revleaky": _unary("LeakyRelu", alpha=0.1),
    "tanh": write_tanh,
    "plse": _plse,
    "stair": _stair,
    "hardtan": lambda emit, x: _clip(emit, x, -1.0, 1.0),
    "lhtan": _lhtan,
    "swish": _swish,
    "mish": _mish,
    "hard_mish": _hard_mish,
    "normalize_channels": lambda emit, x: _normalize(emit, emit.node("Relu", x)),
    "normalize_channels_softmax": lambda emit, x: _normalize(emit, emit.node("Exp", x)),
    "normalize_channels_softmax_finite": _finite_softmax,
    "normalize_channels_softmax_maxval": _maxval,
    "zero": lambda emit, x: _clip(emit, x, 0.0, 0.0),  # x * 0 would be no number where x is infinite
}
