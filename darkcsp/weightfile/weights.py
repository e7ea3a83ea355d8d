"""Named parameter arrays of a network: {layer: {blob: float32 array}}."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from darkcsp.arrays import Array
from darkcsp.description import Described
from darkcsp.errors import Notice
from darkcsp.weightfile.faults import Fault, fault_notices
from darkcsp.weightfile.header import Header

Blobs = Mapping[str, Array]


class Numbers(Protocol):
    """An array that is not in memory."""

    def read(self, rows: slice) -> Array:
        """Return some of its rows."""
        ...


class LazyBlobs(Mapping[str, Array]):
    """A layer's arrays, each read anew whenever it is asked for, so that no more than one need be in memory."""

    def __init__(self, numbers: Mapping[str, Numbers]) -> None:
        self._numbers = numbers

    def __getitem__(self, name: str) -> Array:
        return self.rows(name, slice(None))

    def __contains__(self, name: object) -> bool:
        return name in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def rows(self, name: str, rows: slice) -> Array:
        """Return some rows of an array without reading the others."""
        return self._numbers[name].read(rows)


def rows_of(blobs: Blobs, name: str, rows: slice) -> Array:
    """Return some rows of a layer's array, and read no others where it is read only now."""
    return blobs.rows(name, rows) if isinstance(blobs, LazyBlobs) else blobs[name][rows]


@dataclass(frozen=True, repr=False)
class Weights(Described, Mapping[int, Blobs]):
    """The arrays of every layer that has parameters and was found in the file.

    Attributes:
        arrays: layer number -> blob name (Darknet's: biases, scales, means, variances, weights) -> array.
        header: the file's header.
        path: where they came from, for messages.
        layers_total: number of the cfg's layers that have parameters in a complete file.
        remarks: what was found odd about the file as a whole.
        find: looks for faults, see `faults`; None where the arrays came from no file.
    """

    arrays: Mapping[int, Blobs]
    header: Header = field(default_factory=Header)
    path: str = "<arrays>"
    layers_total: int = 0
    remarks: tuple[Notice, ...] = ()
    find: Callable[[], tuple[Fault, ...]] | None = field(default=None, repr=False, compare=False)

    def __getitem__(self, layer: int) -> Blobs:
        return self.arrays[layer]

    def __iter__(self) -> Iterator[int]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def _facts(self) -> dict[str, object]:
        """Nothing that would read the arrays."""
        return {
            "path": self.path,
            "layers_loaded": len(self.arrays),
            "layers_total": self.layers_total,
            "version": self.header.version,
            "seen": self.header.seen,
        }

    @property
    def layers_loaded(self) -> tuple[int, ...]:
        """Numbers of the layers that the file covers."""
        return tuple(self.arrays)

    @property
    def is_partial(self) -> bool:
        """Whether the file ends before the cfg's last parameters, as `darknet partial` writes it."""
        return len(self.arrays) < self.layers_total

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Numbers that no training gives: NaN, infinities, negative variances.

        Arrays are looked at when they are read, and those that nobody has read by now are read for it: this costs
        least when they have been used. Raises WeightsError where the file cannot be read any more.
        """
        return self.find() if self.find is not None else ()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was found odd, faults included; see there for when to ask."""
        return (*self.remarks, *fault_notices(self.path, self.faults))
