"""One function from a path and a graph to Weights, by the file's ending."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from darkcsp.arrays import Array
from darkcsp.checkpoint.names import weights_from
from darkcsp.checkpoint.released import belongs_to_another
from darkcsp.checkpoint.safetensors import read_safetensors
from darkcsp.checkpoint.state_dict import read_state_dict
from darkcsp.errors import WeightsError
from darkcsp.graph.graph import Graph
from darkcsp.weightfile.faults import refuse_faults
from darkcsp.weightfile.reader import read_weights
from darkcsp.weightfile.stored import check_regular
from darkcsp.weightfile.weights import Weights

Tensors = Mapping[str, Array]

CHECKPOINTS: Mapping[str, Callable[[str], Tensors]] = {
    ".pt": read_state_dict,
    ".pth": read_state_dict,
    ".safetensors": read_safetensors,
}
"""Ending -> what reads the tensors of such a file by their names; all others are `.weights` files."""

_ANYTHING, _PER_PARAMETER = 100_000_000, 64
"""Bytes that a checkpoint may have: a training's results; doubles of weights, averages, an optimizer's state."""


def read_parameters(path: str | os.PathLike[str], graph: Graph, strict: bool = False) -> Weights:
    """Read the parameters of a network.

    Args:
        path: a `.weights` file, or for the dialects of WongKinYiu a checkpoint: `.pt` or `.pth` with a state_dict, or
            one under the key `model`, or `.safetensors`.
        graph: the network.
        strict: refuse numbers that no training gives, see `Weights.faults`.

    Raises:
        WeightsError: the file cannot be read, or does not fit the cfg: names that are missing or too many, and shapes,
            are named; it has faults, and `strict` is set.
        MissingBackendError: PyTorch or safetensors is needed and not installed.
    """
    name = os.fspath(path)
    read = CHECKPOINTS.get(Path(name).suffix.lower())
    if read is None:
        weights = read_weights(path, graph, strict)
    elif not graph.files.has_checkpoints:
        raise WeightsError(
            name,
            f"is a checkpoint, which WongKinYiu's PyTorch programs write, but {graph.cfg.path} is read by the "
            "rules of Darknet; give dialect='wongkinyiu' (--dialect wongkinyiu), or a .weights file",
        )
    else:
        check_regular(path)
        _check_size(name, graph)
        weights = weights_from(graph, read(name), name)
        if strict:
            refuse_faults(name, weights.faults)
    return dataclasses.replace(weights, remarks=(*weights.remarks, *belongs_to_another(name, graph)))


def _check_size(path: str, graph: Graph) -> None:
    """Raise WeightsError for a file that is far too large for a network: it is read as a whole."""
    count = sum(blob.size for spec in graph.layers for blob in spec.blobs)
    size, most = os.path.getsize(path), _ANYTHING + _PER_PARAMETER * count
    if size > most:
        raise WeightsError(
            path, f"has {size} bytes; a checkpoint of {graph.cfg.path} with {count} parameters has at most {most}"
        )
