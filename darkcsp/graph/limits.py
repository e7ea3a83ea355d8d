"""Sizes beyond which a cfg is a mistake, or an attack, rather than a network."""

from __future__ import annotations

from collections.abc import Mapping

from darkcsp.errors import GraphError, Place
from darkcsp.limits import LimitName, Limits
from darkcsp.spec.net import Net
from darkcsp.spec.spec import Spec

MAX_VALUES = 2**31 - 1
"""Darknet counts outputs and weights in 32-bit ints."""

COUNTED: tuple[LimitName, ...] = ("activations", "parameters", "multiplications", "constants", "steps")
"""The limits that hold for a network as a whole."""


class Totals:
    """What a network comes to, layer by layer: refuses the first layer that is too large, or one too many."""

    def __init__(self, place: Place, net: Net, limits: Limits) -> None:
        """Begin with the input. Raises LimitError where it is too large."""
        self._limits = limits
        self._sums: dict[LimitName, int] = dict.fromkeys(COUNTED, 0)
        self._add({"activations": net.input.size}, place, "the input has")

    def add(self, spec: Spec) -> None:
        """Take in the next layer. Raises GraphError where it is no layer for Darknet, LimitError beyond a limit."""
        _check_shape(spec)
        parameters = sum(blob.size for blob in spec.blobs)
        unheard = parameters if spec.initial_values and not spec.stored else 0  # of a file
        found: dict[LimitName, int] = {
            "activations": spec.output.size,
            "parameters": parameters,
            "multiplications": int(spec.multiplications),
            "constants": spec.constants + unheard,
            "steps": spec.steps,
        }
        self._add(found, spec.place, "the network has, down to here,")

    def _add(self, found: Mapping[LimitName, int], place: Place, subject: str) -> None:
        for name, more in found.items():
            if more:
                self._sums[name] += more
                self._limits.check(name, self._sums[name], place, subject)


def _check_shape(spec: Spec) -> None:
    """Raise GraphError where a layer has no output, or more values than Darknet can count."""
    for shape in (spec.output, spec.output_to_next):
        if min(shape) < 1:
            raise GraphError(
                spec.place,
                f"layer {spec.index} turns {spec.input} into {shape}: nothing is left; use a larger input",
            )
        if shape.size > MAX_VALUES:
            raise GraphError(spec.place, f"layer {spec.index} has {shape} = {shape.size} outputs; at most {MAX_VALUES}")
    for blob in spec.blobs:
        if blob.size > MAX_VALUES:
            raise GraphError(
                spec.place, f"layer {spec.index} has {blob.size} numbers in {blob.name}; at most {MAX_VALUES}"
            )
