"""Read Weights for a graph from a path, with the format chosen by the file extension."""

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
"""File extension -> function that returns the file's tensors by name; all other files are `.weights` files."""

_ANYTHING, _PER_PARAMETER = 100_000_000, 64
"""Maximum size of a checkpoint: fixed bytes for training results; bytes per parameter, for weights and averages in
float64 and an optimizer's state."""


def read_parameters(path: str | os.PathLike[str], graph: Graph, strict: bool = False) -> Weights:
    """Read the parameters of a network.

    Args:
        path: a `.weights` file or, for WongKinYiu's dialects, a checkpoint: `.pt` or `.pth` with a state_dict at the
            top level or under the key `model`, or `.safetensors`.
        graph: the network.
        strict: reject invalid values (NaN, infinities, negative variances), see `Weights.faults`.

    Raises:
        WeightsError: the file cannot be read; or it does not match the cfg, in which case the message lists missing
            and unknown names and wrong shapes; or it has invalid values and `strict` is set.
        MissingBackendError: PyTorch or safetensors is required and not installed.
    """
    name = os.fspath(path)
    read = CHECKPOINTS.get(Path(name).suffix.lower())
    if read is None:
        weights = read_weights(path, graph, strict)
    elif not graph.files.has_checkpoints:
        raise WeightsError(
            name,
            f"is a checkpoint of WongKinYiu's PyTorch programs, but {graph.cfg.path} is read by Darknet's rules; "
            "use dialect='wongkinyiu' (--dialect wongkinyiu), or a .weights file",
        )
    else:
        check_regular(path)
        _check_size(name, graph)
        weights = weights_from(graph, read(name), name)
        if strict:
            refuse_faults(name, weights.faults)
    return dataclasses.replace(weights, remarks=(*weights.remarks, *belongs_to_another(name, graph)))


def _check_size(path: str, graph: Graph) -> None:
    """Raise WeightsError if a file is far too large for a network, because it is read completely."""
    count = sum(blob.size for spec in graph.layers for blob in spec.blobs)
    size, most = os.path.getsize(path), _ANYTHING + _PER_PARAMETER * count
    if size > most:
        raise WeightsError(
            path, f"has {size} bytes; a checkpoint for {graph.cfg.path} with {count} parameters has at most {most}"
        )
