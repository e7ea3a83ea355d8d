"""Write named arrays to a `.weights` file (save_weights_upto in src/parser.c)."""

from __future__ import annotations

import os

import numpy as np

from darkcsp.arrays import Array
from darkcsp.errors import WeightsError, warn
from darkcsp.files import write_whole
from darkcsp.graph.graph import Graph
from darkcsp.spec.blob import Blob
from darkcsp.spec.spec import Spec
from darkcsp.weightfile.faults import Fault, fault_notices, faults_of, look_at
from darkcsp.weightfile.header import Header
from darkcsp.weightfile.reader import is_turned
from darkcsp.weightfile.weights import Weights


def write_weights(path: str | os.PathLike[str], weights: Weights, graph: Graph) -> None:
    """Write a `.weights` file. Unchanged arrays give identical bytes; a partial set gives a partial file.

    A CfgWarning names the layers with invalid values: NaN, infinities, negative variances.

    Args:
        path: the file; it is replaced only when it is complete.
        weights: the arrays.
        graph: the network they belong to.

    Raises:
        WeightsError: an array is missing or its shape differs from the graph's, or the file cannot be written.
    """
    missing, faults = None, list[Fault]()
    try:
        with write_whole(path) as file:
            file.write(weights.header.to_bytes())
            for spec in graph.layers:
                if not spec.stored:
                    continue
                if spec.index not in weights:
                    missing = missing or spec
                    continue
                if missing is not None:
                    raise WeightsError(
                        path,
                        f"layer {missing.index} [{missing.type}] has no arrays, but layer "
                        f"{spec.index} does; only layers at the end can be omitted",
                    )
                for blob in spec.stored:
                    array = _checked(weights, spec, blob)
                    file.write(to_file_order(array, blob, weights.header).data)
                    faults += faults_of(spec, blob, [look_at(blob, array)])
    except OSError as error:
        raise WeightsError(path, f"cannot be written: {error.strerror}") from None
    warn(fault_notices(os.fspath(path), faults))


def _checked(weights: Weights, spec: Spec, blob: Blob) -> Array:
    array = weights[spec.index].get(blob.name)
    where = f"layer {spec.index} [{spec.type}]: {blob.name}"
    if array is None:
        raise WeightsError(weights.path, f"{where} is missing; expected an array of shape {blob.shape}")
    if array.shape != blob.shape:
        raise WeightsError(weights.path, f"{where} has shape {array.shape}, expected {blob.shape}")
    return array


def to_file_order(array: Array, blob: Blob, header: Header) -> Array:
    """Return the values as the file stores them: contiguous, little-endian float32."""
    if is_turned(blob, header):
        array = array.reshape(blob.shape[0], -1).T
    return np.ascontiguousarray(array, "<f4")
