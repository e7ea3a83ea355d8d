"""Checks for sizes so large that a cfg must be a mistake, or an attack."""

from __future__ import annotations

from collections.abc import Mapping

from darkcsp.errors import GraphError, Place
from darkcsp.limits import LimitName, Limits
from darkcsp.spec.net import Net
from darkcsp.spec.spec import Spec

MAX_VALUES = 2**31 - 1
"""Darknet counts outputs and weights in 32-bit ints."""

COUNTED: tuple[LimitName, ...] = ("activations", "parameters", "multiplications", "constants", "steps")
"""The limits that apply to the whole network."""


class Totals:
    """Running totals of a network: rejects the first layer that is too large, or exceeds a limit on the total."""

    def __init__(self, place: Place, net: Net, limits: Limits) -> None:
        """Start with the input. Raises LimitError if it is too large."""
        self._limits = limits
        self._sums: dict[LimitName, int] = dict.fromkeys(COUNTED, 0)
        self._add({"activations": net.input.size}, place, "the input has")

    def add(self, spec: Spec) -> None:
        """Add the next layer. Raises GraphError if Darknet cannot have it, LimitError if it exceeds a limit."""
        _check_shape(spec)
        parameters = sum(blob.size for blob in spec.blobs)
        unheard = parameters if spec.initial_values and not spec.stored else 0  # in no file
        found: dict[LimitName, int] = {
            "activations": spec.output.size,
            "parameters": parameters,
            "multiplications": int(spec.multiplications),
            "constants": spec.constants + unheard,
            "steps": spec.steps,
        }
        self._add(found, spec.place, "up to this layer, the network has")

    def _add(self, found: Mapping[LimitName, int], place: Place, subject: str) -> None:
        for name, more in found.items():
            if more:
                self._sums[name] += more
                self._limits.check(name, self._sums[name], place, subject)


def _check_shape(spec: Spec) -> None:
    """Raise GraphError if a layer has an empty output, or more values than Darknet can count."""
    for shape in (spec.output, spec.output_to_next):
        if min(shape) < 1:
            raise GraphError(
                spec.place,
                f"layer {spec.index} turns {spec.input} into {shape}, which is empty; use a larger input",
            )
        if shape.size > MAX_VALUES:
            raise GraphError(
                spec.place, f"layer {spec.index} has {shape} = {shape.size} outputs; expected at most {MAX_VALUES}"
            )
    for blob in spec.blobs:
        if blob.size > MAX_VALUES:
            raise GraphError(
                spec.place, f"layer {spec.index} has {blob.size} values in {blob.name}; expected at most {MAX_VALUES}"
            )
