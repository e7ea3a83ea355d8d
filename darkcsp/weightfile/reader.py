"""`.weights` bytes to named arrays, without copying them (load_weights_upto in src/parser.c)."""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.errors import Notice, Place, WeightsError, WeightsSizeError
from darkcsp.graph.graph import Graph
from darkcsp.spec.blob import Blob
from darkcsp.spec.spec import Spec
from darkcsp.weightfile.header import Header, parse_header
from darkcsp.weightfile.weights import Blobs, Weights


def read_weights(path: str | os.PathLike[str], graph: Graph) -> Weights:
    """Map a `.weights` file onto a graph's layers.

    The arrays are read-only views of the mapped file, float32, in the shapes of the specs' blobs; transposed
    storage is turned by changing strides. A file that ends exactly behind a layer is partial: the arrays of
    `Weights.layers_loaded` are there, the rest is not.

    Raises:
        WeightsError: the file cannot be opened.
        WeightsHeaderError: it does not begin with Darknet's header.
        WeightsSizeError: it ends within a layer, or goes on behind the last one.
    """
    name = os.fspath(path)
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                raise WeightsError(name, "is empty, expected a Darknet .weights file")
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # unmapped when the last array is gone
    except OSError as error:
        raise WeightsError(name, f"cannot be read: {error.strerror}") from None
    return replace(parse_weights(mapped, graph, name), mapped=mapped)


def parse_weights(data: bytes | mmap.mmap | npt.NDArray[np.uint8], graph: Graph, path: str = "<bytes>") -> Weights:
    """Map the bytes of a `.weights` file onto a graph's layers; see `read_weights`."""
    view = memoryview(data)  # type: ignore[arg-type]  # arrays are buffers
    header = parse_header(view, path, graph.files.wide_header)
    body = view[header.size :]
    floats = np.frombuffer(body[: len(body) // 4 * 4], "<f4")
    with_parameters = [spec for spec in graph.layers if spec.stored]
    arrays: dict[int, Blobs] = {}
    start = 0
    for spec in with_parameters:
        need = sum(blob.size for blob in spec.stored)
        if start == len(floats) and len(body) % 4 == 0 and arrays:
            break
        if start + need > len(floats):
            raise _ran_out(spec, graph, path, len(view), len(body) - 4 * start, header)
        arrays[spec.index] = _take(spec, floats[start : start + need], header)
        start += need
    extra = len(body) - 4 * start
    if extra and not graph.files.ignores_rest:
        raise _left_over(graph, path, len(view), with_parameters, header)
    last = max(arrays) if len(arrays) < len(with_parameters) else len(graph.layers)
    initial = {index: blobs for index, blobs in _initial_blobs(graph).items() if index < last}
    notices = (*_extra(graph, path, header, extra), *_not_in_file(graph, path, initial))
    found = dict(sorted({**arrays, **initial}.items()))
    return Weights(found, header, path, len(with_parameters) + len(initial), notices)


def _initial_blobs(graph: Graph) -> dict[int, Blobs]:
    """The blobs of the layers that no `.weights` file holds and that start with known values."""
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
    message = f"has {extra} bytes after the last layer's, which are ignored; the cfg needs {_expected(graph, header)}"
    return [Notice(Place(path), message)]


def _not_in_file(graph: Graph, path: str, initial: Mapping[int, Blobs]) -> list[Notice]:
    """Say which layers have parameters that no `.weights` file of WongKinYiu's programs holds."""
    if not graph.files.has_checkpoints:
        return []
    missing = [spec for spec in graph.layers if spec.blobs and not spec.stored]
    notices = []
    for labels, fate in (
        ([spec.label for spec in missing if spec.index in initial], "keep the values that they start with"),
        ([spec.label for spec in missing if spec.index not in initial], "are not loaded, and start at random"),
    ):
        if labels:
            message = (
                f"holds nothing for {', '.join(labels)}, as no .weights file of WongKinYiu's programs does: they "
                f"{fate}; a checkpoint (.pt, .safetensors) has them"
            )
            notices.append(Notice(Place(path), message))
    return notices


def _take(spec: Spec, floats: Array, header: Header) -> Blobs:
    taken: dict[str, Array] = {}
    start = 0
    for blob in spec.stored:
        taken[blob.name] = from_file_order(floats[start : start + blob.size], blob, header)
        start += blob.size
    # What `dontloadscales` keeps out of the file stays as Darknet initialises it: scales 1, the rest 0.
    for blob in spec.blobs:
        if blob.name not in taken:
            taken[blob.name] = np.full(blob.shape, float(blob.name == "scales"), np.float32)
    return taken


def is_turned(blob: Blob, header: Header) -> bool:
    """Whether the file holds this blob as the transpose of its (rows, everything else) matrix."""
    return blob.layout == "flipped" or (blob.layout == "by_header" and header.transposed)


def from_file_order(flat: Array, blob: Blob, header: Header) -> Array:
    """Shape the flat values of a blob, turning them where the file holds the transpose."""
    if not is_turned(blob, header):
        return flat.reshape(blob.shape)
    rows = blob.shape[0]
    return flat.reshape(blob.size // rows, rows).T.reshape(blob.shape)


def _expected(graph: Graph, header: Header) -> int:
    """Bytes of a complete file."""
    return header.size + 4 * graph.parameters


def _ran_out(spec: Spec, graph: Graph, path: str, size: int, left: int, header: Header) -> WeightsSizeError:
    """The error for a file of `size` bytes with `left` of them for a layer that needs more."""
    need, expected = 4 * sum(blob.size for blob in spec.stored), _expected(graph, header)
    message = (
        f"ends within layer {spec.index} [{spec.type}] (line {spec.place.line} of {graph.cfg.path}), which needs "
        f"{need} bytes; {left} are left. The cfg needs {expected} bytes: is this the weights file of that cfg?"
    )
    return WeightsSizeError(path, message, expected, size, spec.index)


def _left_over(graph: Graph, path: str, size: int, specs: list[Spec], header: Header) -> WeightsSizeError:
    """The error for a file of `size` bytes that goes on after the last layer."""
    last = f"layer {specs[-1].index} [{specs[-1].type}]" if specs else "the header"
    expected = _expected(graph, header)
    message = (
        f"has {size - expected} bytes after {last}, the last with parameters. The cfg needs {expected} bytes, the file "
        f"has {size}: is this the weights file of {graph.cfg.path}?"
    )
    return WeightsSizeError(path, message, expected, size)
