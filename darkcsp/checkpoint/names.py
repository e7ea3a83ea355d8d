"""WongKinYiu's names of a network's parameters, such as `module_list.12.Conv2d.weight`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from darkcsp.arrays import Array
from darkcsp.errors import WeightsError
from darkcsp.graph.graph import Graph
from darkcsp.spec.blob import Blob
from darkcsp.weightfile.faults import find_faults
from darkcsp.weightfile.header import Header
from darkcsp.weightfile.weights import Weights

PARALLEL = "module."
"""Prefix of all names in a network that was trained on several GPUs."""

COUNTER = "num_batches_tracked"
"""Suffix of PyTorch's training counters, which are not parameters."""

_SHOWN = 4


class Parameter(NamedTuple):
    """A parameter: its layer, its blob, its name in a state_dict, and its shape there."""

    layer: int
    blob: Blob
    name: str
    shape: tuple[int, ...]


def parameters(graph: Graph) -> Iterator[Parameter]:
    """Yield the parameters of a network."""
    for spec in graph.layers:
        for blob in spec.blobs:
            name = f"module_list.{spec.index}.{spec.checkpoint_names[blob.name]}"
            yield Parameter(spec.index, blob, name, spec.checkpoint_shape(blob))


def weights_from(graph: Graph, tensors: Mapping[str, Array], path: str) -> Weights:
    """Return a network's parameters, given tensors by name.

    Raises WeightsError, with the names, if tensors are missing or unknown, or have the wrong shape.
    """
    found = {name.removeprefix(PARALLEL): array for name, array in tensors.items()}
    wanted = {parameter.name: parameter for parameter in parameters(graph)}
    missing = [name for name in wanted if name not in found]
    unknown = [name for name in found if name not in wanted and not name.endswith(COUNTER)]
    misfits = [
        f"{name} of shape {found[name].shape}, expected {wanted[name].shape}"
        for name in wanted
        if name in found and found[name].shape != wanted[name].shape
    ]
    parts = [f"has no {_listed(missing)}"] if missing else []
    parts += [f"has {_listed(unknown)}, which no layer of the cfg uses"] if unknown else []
    parts += [f"has {_listed(misfits)}"] if misfits else []
    if parts:
        raise WeightsError(path, f"{'; it '.join(parts)}. Is this the checkpoint for {graph.cfg.path}?")
    arrays: dict[int, dict[str, Array]] = {}
    for layer, blob, name, _ in wanted.values():
        arrays.setdefault(layer, {})[blob.name] = np.ascontiguousarray(found[name], np.float32).reshape(blob.shape)
    find = partial(find_faults, graph, arrays)
    return Weights(arrays, Header(always_wide=True), path, len(arrays), find=find)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
