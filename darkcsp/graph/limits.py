"""Sizes beyond which a cfg is a mistake rather than a network."""

from __future__ import annotations

from darkcsp.errors import GraphError
from darkcsp.spec.spec import Spec

MAX_VALUES = 2**31 - 1
"""Darknet counts outputs and weights in 32-bit ints."""


def check_shape(spec: Spec) -> None:
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
