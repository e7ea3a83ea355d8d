"""Named parameter arrays of a network: {layer: {blob: float32 array}}."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from darkcsp.arrays import Array
from darkcsp.errors import Notice
from darkcsp.weightfile.header import Header

Blobs = Mapping[str, Array]


@dataclass(frozen=True)
class Weights(Mapping[int, Blobs]):
    """The arrays of every layer that has parameters and was found in the file.

    Attributes:
        arrays: layer number -> blob name (Darknet's: biases, scales, means, variances, weights) -> array.
        header: the file's header.
        path: where they came from, for messages.
        layers_total: number of the cfg's layers that have parameters in a complete file.
        notices: what was found odd when they were read.
        mapped: the file that arrays are views of; None where they are in memory.
    """

    arrays: Mapping[int, Blobs]
    header: Header = field(default_factory=Header)
    path: str = "<arrays>"
    layers_total: int = 0
    notices: tuple[Notice, ...] = ()
    mapped: mmap.mmap | None = field(default=None, repr=False, compare=False)

    def __getitem__(self, layer: int) -> Blobs:
        return self.arrays[layer]

    def __iter__(self) -> Iterator[int]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    @property
    def layers_loaded(self) -> tuple[int, ...]:
        """Numbers of the layers that the file covers."""
        return tuple(self.arrays)

    @property
    def is_partial(self) -> bool:
        """Whether the file ends before the cfg's last parameters, as `darknet partial` writes it."""
        return len(self.arrays) < self.layers_total

    def release(self) -> None:
        """Give back the memory that reading the file has filled; arrays are read again when they are needed."""
        if self.mapped is not None and hasattr(self.mapped, "madvise"):
            self.mapped.madvise(mmap.MADV_DONTNEED)
