"""Modules back to the arrays that they were built from, as long as they still are what the cfg describes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from darkcsp.arrays import Array
from darkcsp.errors import WeightsError
from darkcsp.graph.graph import Graph
from darkcsp.spec.spec import Spec
from darkcsp.to_torch.pruning import apply_masks
from darkcsp.to_torch.registry import LayerModule, build_module
from darkcsp.weightfile.weights import Blobs


def read_back(graph: Graph, layers: nn.ModuleDict, path: str) -> dict[int, Blobs]:
    """Return the arrays of every layer that has parameters of its own, float32 on the CPU.

    They share memory with the parameters where these are float32 on the CPU.

    Args:
        graph: what the modules were built from.
        layers: the modules by label.
        path: the file that errors are about.

    Raises:
        WeightsError: a layer's module, or a part of it, is not what the cfg describes.
    """
    apply_masks(layers)
    found: dict[int, Blobs] = {}
    for spec in graph.layers:
        module = layers[spec.label]
        blobs = _blobs(module, spec, path)
        if spec.parameters_of == spec.index:
            if spec.blobs:
                found[spec.index] = {name: to_numpy(tensor) for name, tensor in blobs.items()}
        elif not _are_equal(blobs, found[spec.parameters_of]):
            owner = graph.layers[spec.parameters_of].label
            message = (
                f"layers[{spec.label!r}] and layers[{owner!r}] share parameters in the cfg, and now have their own"
            )
            raise WeightsError(path, f"cannot hold the network: {message}; {_REMEDY}")
    return found


def to_numpy(tensor: Tensor) -> Array:
    """Return a tensor as float32 on the CPU."""
    return tensor.detach().to("cpu", torch.float32).numpy()


_REMEDY = "torch.save(network.state_dict(), 'x.pt') keeps the parameters as they are"


def _blobs(module: nn.Module, spec: Spec, path: str) -> Mapping[str, Tensor]:
    """Return a layer's tensors. Raises WeightsError unless it is the module of its spec, with tensors of its shapes."""
    if not isinstance(module, LayerModule) or not _is_module_of(module, spec):
        message = f"layers[{spec.label!r}] is {_described(module)}, which is not the layer at {spec.place}"
        raise WeightsError(path, f"cannot hold the network: {message}; {_REMEDY}")
    blobs = module.blobs()
    for blob in spec.blobs:
        if tuple(blobs[blob.name].shape) != blob.shape:
            message = f"{blob.name} of layers[{spec.label!r}] has shape {tuple(blobs[blob.name].shape)}"
            raise WeightsError(path, f"cannot hold the network: {message}, expected {blob.shape}; {_REMEDY}")
    return blobs


def _is_module_of(module: LayerModule, spec: Spec) -> bool:
    """Tell whether a module computes what a spec's does: its own spec, and the parts that it is made of."""
    own = module.made_for
    if own is None or type(own) is not type(spec):
        return False
    moved = dataclasses.replace(own, index=spec.index, place=spec.place, sources=spec.sources, inputs=spec.inputs)
    return moved == spec and _has_parts_of(module, spec)


def _has_parts_of(module: LayerModule, spec: Spec) -> bool:
    with torch.device("meta"):
        wanted = dict(build_module(spec).named_modules())
    found = {name: part for name, part in module.named_modules() if "parametrizations" not in name.split(".")}
    return found.keys() == wanted.keys() and all(_is_like(part, wanted[name]) for name, part in found.items())


def _is_like(part: nn.Module, wanted: nn.Module) -> bool:
    """Tell whether a part computes what another does, given the same parameters."""
    own: type[nn.Module] = type(part).__mro__[1] if parametrize.is_parametrized(part) else type(part)
    if own is nn.SyncBatchNorm:
        own = nn.BatchNorm2d
    return own is type(wanted) and _options(part) == _options(wanted)


def _options(part: nn.Module) -> str:
    found: str = part.extra_repr()
    return found


def _described(module: nn.Module) -> str:
    return f"a {type(module).__name__}" + (" of other options or parts" if isinstance(module, LayerModule) else "")


def _are_equal(blobs: Mapping[str, Tensor], arrays: Blobs) -> bool:
    return all((to_numpy(tensor) == arrays[name]).all() for name, tensor in blobs.items())
