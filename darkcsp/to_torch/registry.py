"""Which module each spec becomes. `@builds(Route)` registers a builder; a second one for the same spec is an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from torch import Tensor, nn

from darkcsp.errors import UnsupportedLayerError
from darkcsp.spec.spec import Spec

S = TypeVar("S", bound=Spec)


class LayerModule(nn.Module):
    """Base of every layer's module.

    `forward` takes the tensors of the spec's sources, (N, c, h, w) each, and returns (N, c, h, w) of the spec's
    `output`; a layer whose `output_to_next` differs returns the pair (buffer, handed down).
    """

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """The tensors behind the spec's blobs, by blob name, in the blob's shape; none by default."""
        return {}

    def reset_parameters(self) -> None:
        """Fill parameters that the constructor left uninitialised; nothing by default."""

    def share(self, owner: LayerModule) -> None:
        """Use another layer's parameters (`share_index`); only convolutions can."""
        raise TypeError(f"{type(self).__name__} cannot share parameters")


class RecurrentModule(LayerModule):
    """A layer with state. `forward` takes it behind the sources and returns (output, *new state), in the spec's order.

    Each state tensor is (N, c, h, w) of its `StateSpec`.
    """


_BUILDERS: dict[type[Spec], Callable[[Spec], LayerModule]] = {}


def builds(spec: type[S]) -> Callable[[Callable[[S], LayerModule]], Callable[[S], LayerModule]]:
    """Register the builder of a spec class (decorator; a module class that takes the spec will do)."""

    def register(builder: Callable[[S], LayerModule]) -> Callable[[S], LayerModule]:
        if spec in _BUILDERS:
            raise ValueError(f"{spec.__name__} has two builders")
        _BUILDERS[spec] = builder  # type: ignore[assignment]  # looked up by the same class
        return builder

    return register


def build_module(spec: Spec) -> LayerModule:
    """Make the module of a spec. Raises UnsupportedLayerError where there is no builder."""
    builder = _BUILDERS.get(type(spec))
    if builder is None:
        raise UnsupportedLayerError(spec.place, "PyTorch", f"no module is written for {type(spec).__name__}")
    return builder(spec)


def supported() -> frozenset[type[Spec]]:
    """Spec classes that have a builder."""
    return frozenset(_BUILDERS)


__all__ = ["LayerModule", "build_module", "builds", "supported"]
