"""A network's parameters as named arrays: {layer: {blob: float32 array}}."""

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
    """An array that is not in memory yet."""

    def read(self, rows: slice) -> Array:
        """Return some of its rows, float32."""
        ...


class LazyBlobs(Mapping[str, Array]):
    """A layer's arrays, each read again on every access, so that only one has to be in memory at a time."""

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
        """Return some rows of an array without reading the other rows."""
        return self._numbers[name].read(rows)


def rows_of(blobs: Blobs, name: str, rows: slice) -> Array:
    """Return some rows of a layer's array; if it is lazy, only these rows are read."""
    return blobs.rows(name, rows) if isinstance(blobs, LazyBlobs) else blobs[name][rows]


@dataclass(frozen=True, repr=False)
class Weights(Described, Mapping[int, Blobs]):
    """The arrays of every layer that has parameters and is in the file.

    Attributes:
        arrays: layer number -> blob name (Darknet's: biases, scales, means, variances, weights) -> float32 array.
        header: the file's header.
        path: the file they were read from, for messages.
        layers_total: number of the cfg's layers that have parameters in a complete file.
        remarks: anything suspicious about the file as a whole.
        find: function that returns the faults, see `faults`; None if the arrays do not come from a file.
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
        """Whether the file ends before the cfg's last parameters, like files written by `darknet partial`."""
        return len(self.arrays) < self.layers_total

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Invalid values: NaN, infinities, negative variances.

        Arrays are checked when they are read, and those that have not been read yet are read now, so this is cheapest
        after they have been used. Raises WeightsError if the file cannot be read any more.
        """
        return self.find() if self.find is not None else ()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Anything suspicious that was found, including `faults`; see there for the cost."""
        return (*self.remarks, *fault_notices(self.path, self.faults))
