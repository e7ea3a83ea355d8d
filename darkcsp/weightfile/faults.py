"""Find invalid values among weights: NaN, infinities, negative variances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from darkcsp.arrays import Array
from darkcsp.errors import Notice, Place, WeightsError
from darkcsp.graph.graph import Graph
from darkcsp.spec.blob import Blob
from darkcsp.spec.spec import Spec

NOT_FINITE, NEGATIVE = "not finite", "negative"

LEAST_VARIANCE = -1e-6
"""Variances down to this value are accepted: trained files have some of -7e-44, which batch norm's epsilon absorbs."""

PIECE = 1 << 18
"""Number of values that are checked at a time, few enough to stay in the processor's cache."""

_SHOWN = 4


class Fault(NamedTuple):
    """Invalid values in a blob.

    Attributes:
        layer: the layer's number.
        type: the layer's type.
        blob: the blob's name.
        kind: "not finite" for NaN and infinities, "negative" for variances below `LEAST_VARIANCE`.
        number: number of invalid values.
        total: number of values in the blob.
    """

    layer: int
    type: str
    blob: str
    kind: str
    number: int
    total: int

    def __str__(self) -> str:
        one = self.number == 1
        if self.kind == NEGATIVE:
            what = "is negative" if one else "are negative"
        else:
            what = ("is not a finite number" if one else "are not finite numbers") + " (NaN or infinity)"
        return f"layer {self.layer} [{self.type}]: {self.number} of {self.total} {self.blob} {what}"


class Seen(NamedTuple):
    """Number of invalid values in a piece of a blob; `stop` is the position after the last value that was checked."""

    stop: int
    broken: int
    negative: int


def look_at(blob: Blob, numbers: Array, start: int = 0) -> Seen:
    """Check the values of a blob, or a piece of them that begins at position `start`."""
    finite = np.isfinite(numbers)
    broken = 0 if finite.all() else finite.size - int(np.count_nonzero(finite))
    negative = int(np.count_nonzero(numbers < LEAST_VARIANCE)) if blob.name.endswith("variances") else 0
    return Seen(start + numbers.size, broken, negative)


def faults_of(spec: Spec, blob: Blob, pieces: Iterable[Seen]) -> Iterator[Fault]:
    """Yield the faults of a blob, given the results for all of its pieces."""
    counts = np.array([(seen.broken, seen.negative) for seen in pieces]).reshape(-1, 2).sum(0).tolist()
    for kind, number in zip((NOT_FINITE, NEGATIVE), counts, strict=True):
        if number:
            yield Fault(spec.index, spec.type, blob.name, kind, number, blob.size)


def find_faults(graph: Graph, arrays: Mapping[int, Mapping[str, Array]]) -> tuple[Fault, ...]:
    """Return the faults in the arrays of a network's layers."""
    return tuple(
        fault
        for spec in graph.layers
        for blob in spec.blobs
        if spec.index in arrays and blob.name in arrays[spec.index]
        for fault in faults_of(spec, blob, [look_at(blob, arrays[spec.index][blob.name])])
    )


def fault_notices(path: str, faults: Sequence[Fault]) -> list[Notice]:
    """Return notices about faults: one for each of the first blobs, and one for all others."""
    notices = [Notice(Place(path), str(fault)) for fault in faults[:_SHOWN]]
    rest = faults[_SHOWN:]
    if rest:
        layers = len({fault.layer for fault in rest})
        message = f"{sum(fault.number for fault in rest)} more such values in {layers} layers up to {rest[-1].layer}"
        notices.append(Notice(Place(path), message))
    return notices


def refuse_faults(path: str, faults: Sequence[Fault]) -> None:
    """Raise WeightsError if there are any faults."""
    if faults:
        more = f", and {len(faults) - 1} more such arrays" if len(faults) > 1 else ""
        raise WeightsError(path, f"{faults[0]}{more}; the training run has most likely diverged")
