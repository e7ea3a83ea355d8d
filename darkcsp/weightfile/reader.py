"""Read `.weights` files into named arrays, each read on demand (load_weights_upto in src/parser.c)."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.errors import Notice, Place, WeightsError, WeightsSizeError
from darkcsp.graph.graph import Graph
from darkcsp.spec.blob import Blob
from darkcsp.spec.spec import Spec
from darkcsp.weightfile.faults import PIECE, Fault, Seen, faults_of, look_at, refuse_faults
from darkcsp.weightfile.header import MOST_BYTES, Header, parse_header
from darkcsp.weightfile.stored import InFile, InMemory, Stored
from darkcsp.weightfile.weights import Blobs, LazyBlobs, Numbers, Weights


def read_weights(path: str | os.PathLike[str], graph: Graph, strict: bool = False) -> Weights:
    """Read a `.weights` file for a graph.

    The file stays open, and each array is read on demand: read-only, float32, in the shape of the spec's blob;
    transposed storage becomes a strided view. A file that ends exactly after a layer is partial: only the layers in
    `Weights.layers_loaded` have arrays.

    Args:
        path: the file.
        graph: the network.
        strict: reject invalid values (NaN, infinities, negative variances), see `Weights.faults`.

    Returns:
        The arrays by layer number and blob name.

    Raises:
        WeightsError: the file cannot be read or is not a regular file; or another program has changed it, which is
            detected here or when an array is read; or it has invalid values and `strict` is set.
        WeightsHeaderError: it does not start with Darknet's header.
        WeightsSizeError: it ends in the middle of a layer, or continues after the last one.
    """
    name = os.fspath(path)
    file = InFile(path)
    if not file.size:
        raise WeightsError(name, "is empty; expected a Darknet .weights file")
    weights = _find(file, graph, name)
    if strict:
        refuse_faults(name, weights.faults)
    return weights


def parse_weights(data: bytes | mmap.mmap | npt.NDArray[np.uint8], graph: Graph, path: str = "<bytes>") -> Weights:
    """Read the bytes of a `.weights` file for a graph; arrays are views of these bytes. See `read_weights`."""
    weights = _find(InMemory(memoryview(data)), graph, path)  # type: ignore[arg-type]  # arrays are buffers
    return replace(weights, arrays={layer: dict(blobs) for layer, blobs in weights.items()})


def _find(stored: Stored, graph: Graph, path: str) -> Weights:
    header = parse_header(stored.read(0, min(stored.size, MOST_BYTES)).tobytes(), path, graph.files.wide_header)
    size = stored.size - header.size
    with_parameters = [spec for spec in graph.layers if spec.stored]
    places: dict[int, int] = {}
    start = 0
    for spec in with_parameters:
        need = 4 * sum(blob.size for blob in spec.stored)
        if start == size and places:
            break
        if start + need > size:
            raise _ran_out(spec, graph, path, stored.size, size - start, header)
        places[spec.index] = header.size + start
        start += need
    extra = size - start
    if extra and not graph.files.ignores_rest:
        raise _left_over(graph, path, stored.size, with_parameters, header)
    last = max(places) if len(places) < len(with_parameters) else len(graph.layers)
    initial = {index: blobs for index, blobs in _initial_blobs(graph).items() if index < last}
    blobs = {index: tuple(_stored_blobs(graph.layers[index], stored, place, header)) for index, place in places.items()}
    arrays = {index: _lazy(graph.layers[index], items) for index, items in blobs.items()}
    found = dict(sorted({**arrays, **initial}.items()))
    remarks = (*_extra(graph, path, header, extra), *_not_in_file(graph, path, initial))
    find = partial(_faults, tuple(item for items in blobs.values() for item in items))
    return Weights(found, header, path, len(with_parameters) + len(initial), remarks, find)


def _faults(blobs: Iterable[StoredBlob]) -> tuple[Fault, ...]:
    return tuple(fault for item in blobs for fault in item.faults())


def _initial_blobs(graph: Graph) -> dict[int, Blobs]:
    """Return the blobs of layers that no `.weights` file holds and that start with known values."""
    found: dict[int, Blobs] = {}
    for spec in graph.layers:
        if spec.blobs and not spec.stored and all(blob.name in spec.initial_values for blob in spec.blobs):
            found[spec.index] = {blob.name: _initial(blob, spec.initial_values[blob.name]) for blob in spec.blobs}
    return found


def _initial(blob: Blob, values: float | tuple[float, ...]) -> Array:
    rows = np.array(values, np.float32).reshape(-1, *[1] * (len(blob.shape) - 1))
    return np.broadcast_to(rows, blob.shape)


def _extra(graph: Graph, path: str, header: Header, extra: int) -> list[Notice]:
    if not extra:
        return []
    message = f"has {extra} bytes after the last layer, which are ignored; the cfg needs {_expected(graph, header)}"
    return [Notice(Place(path), message)]


def _not_in_file(graph: Graph, path: str, initial: Mapping[int, Blobs]) -> list[Notice]:
    """Return notices about layers whose parameters no `.weights` file of WongKinYiu's programs holds."""
    if not graph.files.has_checkpoints:
        return []
    missing = [spec for spec in graph.layers if spec.blobs and not spec.stored]
    notices = []
    for labels, fate in (
        ([spec.label for spec in missing if spec.index in initial], "keep their initial values"),
        ([spec.label for spec in missing if spec.index not in initial], "are not loaded and start at random"),
    ):
        if labels:
            message = (
                f"has no parameters for {', '.join(labels)}, like all .weights files of WongKinYiu's programs; they "
                f"{fate}. Use a checkpoint (.pt, .safetensors) to load them"
            )
            notices.append(Notice(Place(path), message))
    return notices


KEPT = 1 << 12
"""Blobs with at most this many values stay in memory: those with one per channel, which a layer's parts share."""


class StoredBlob:
    """A blob stored at an offset in bytes. Its values are checked for faults when they are read."""

    def __init__(self, spec: Spec, blob: Blob, stored: Stored, place: int, header: Header) -> None:
        self.blob = blob
        self._spec, self._stored, self._place, self._header = spec, stored, place, header
        self._seen: dict[int, Seen] = {}
        self._kept: Array | None = None

    def read(self, rows: slice) -> Array:
        """See Numbers; a blob that is stored transposed is read completely."""
        if is_turned(self.blob, self._header):
            return from_file_order(self._numbers(0, self.blob.size), self.blob, self._header)[rows]
        start, stop, _ = rows.indices(self.blob.shape[0])
        values = self.blob.size // self.blob.shape[0]
        return self._numbers(start * values, stop * values).reshape(-1, *self.blob.shape[1:])

    def faults(self) -> Iterator[Fault]:
        """Yield the blob's faults; values that have not been read yet are read."""
        pieces, start = [], 0
        while start < self.blob.size:
            if start not in self._seen:
                self._numbers(start, min(start + PIECE, self.blob.size))
            pieces.append(self._seen[start])
            start = pieces[-1].stop
        return faults_of(self._spec, self.blob, pieces)

    def _numbers(self, start: int, stop: int) -> Array:
        if self.blob.size > KEPT:
            return self._looked_at(start, stop)
        if self._kept is None:
            self._kept = self._looked_at(0, self.blob.size)
        return self._kept[start:stop]

    def _looked_at(self, start: int, stop: int) -> Array:
        numbers = self._stored.read(self._place + 4 * start, self._place + 4 * stop).view("<f4")
        for first in range(0, numbers.size, PIECE):
            self._seen[start + first] = look_at(self.blob, numbers[first : first + PIECE], start + first)
        return numbers


class Constant(NamedTuple):
    """A blob that is not in the file and has the same value everywhere."""

    blob: Blob
    value: float

    def read(self, rows: slice) -> Array:
        """See Numbers."""
        return np.full(self.blob.shape, self.value, np.float32)[rows]


def _stored_blobs(spec: Spec, stored: Stored, place: int, header: Header) -> Iterator[StoredBlob]:
    """Yield a layer's blobs, which are stored one after another from the offset `place`."""
    for blob in spec.stored:
        yield StoredBlob(spec, blob, stored, place, header)
        place += 4 * blob.size


def _lazy(spec: Spec, stored: Iterable[StoredBlob]) -> LazyBlobs:
    """Return a layer's arrays; those that `dontloadscales` omits are 1 for scales and 0 else, as in Darknet."""
    constant: dict[str, Numbers] = {blob.name: Constant(blob, float(blob.name == "scales")) for blob in spec.blobs}
    return LazyBlobs({**constant, **{item.blob.name: item for item in stored}})


def is_turned(blob: Blob, header: Header) -> bool:
    """Return whether the file stores this blob as the transpose of its (rows, everything else) matrix."""
    return blob.layout == "flipped" or (blob.layout == "by_header" and header.transposed)


def from_file_order(flat: Array, blob: Blob, header: Header) -> Array:
    """Reshape the flat values of a blob, and transpose them if the file stores the transpose."""
    if not is_turned(blob, header):
        return flat.reshape(blob.shape)
    rows = blob.shape[0]
    return flat.reshape(blob.size // rows, rows).T.reshape(blob.shape)


def _expected(graph: Graph, header: Header) -> int:
    """Return the size of a complete file in bytes."""
    return header.size + 4 * graph.parameters


def _ran_out(spec: Spec, graph: Graph, path: str, size: int, left: int, header: Header) -> WeightsSizeError:
    """Return the error for a file of `size` bytes in which only `left` bytes remain for a layer that needs more."""
    need, expected = 4 * sum(blob.size for blob in spec.stored), _expected(graph, header)
    message = (
        f"ends within layer {spec.index} [{spec.type}] (line {spec.place.line} of {graph.cfg.path}), which needs "
        f"{need} bytes; {left} are left. The cfg needs {expected} bytes; is this the weights file for that cfg?"
    )
    return WeightsSizeError(path, message, expected, size, spec.index)


def _left_over(graph: Graph, path: str, size: int, specs: list[Spec], header: Header) -> WeightsSizeError:
    """Return the error for a file of `size` bytes that continues after the last layer."""
    last = f"layer {specs[-1].index} [{specs[-1].type}]" if specs else "the header"
    expected = _expected(graph, header)
    message = (
        f"has {size - expected} bytes after {last}, the last with parameters. The cfg needs {expected} bytes, the file "
        f"has {size}; is this the weights file for {graph.cfg.path}?"
    )
    return WeightsSizeError(path, message, expected, size)
