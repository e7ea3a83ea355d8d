"""Which module each spec becomes: `@builds(Route)` registers a builder, an ordinary module class as a rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

from torch import Tensor, nn

from darkcsp.spec.handlers import Handlers
from darkcsp.spec.spec import Spec


class LayerResult(NamedTuple):
    """What a layer leaves where that is more than one tensor, (N, c, h, w) each.

    Attributes:
        handed: what it hands down to the section below, of the spec's `output_to_next`.
        buffer: what references see, of the spec's `output`; None where that is the same.
        states: what it carries to the next call, in the order of the spec's `states`.
    """

    handed: Tensor
    buffer: Tensor | None = None
    states: tuple[Tensor, ...] = ()


class LayerModule(nn.Module):
    """Base of every layer's module.

    `forward` takes the tensors of the spec's sources, (N, c, h, w) each, followed by those of its states. It returns
    (N, c, h, w) of the spec's `output`, or a LayerResult where the spec's `output_to_next` differs or it has states.

    Attributes:
        made_for: the spec that `build_module` made it for.
    """

    made_for: Spec | None = None

    def blobs(self) -> dict[str, nn.Parameter | Tensor]:
        """The tensors behind the spec's blobs, by blob name, in the blob's shape; none by default."""
        return {}

    def reset_parameters(self) -> None:
        """Fill parameters that the constructor left uninitialised; nothing by default."""

    def share(self, owner: LayerModule) -> None:
        """Use another layer's parameters (`share_index`); only convolutions can."""
        raise TypeError(f"{type(self).__name__} cannot share parameters")


S = TypeVar("S", bound=Spec)
Builder = Callable[[S], LayerModule]

BUILDERS: Handlers[Builder[Spec]] = Handlers("PyTorch", "no module is written for {}", "spec")


def builds(spec: type[S]) -> Callable[[Builder[S]], Builder[S]]:
    """Register the builder of a spec class (decorator; a module class that takes the spec will do).

    Raises ValueError where there is one already, TypeError where it takes anything but `spec`.
    """

    def register(builder: Builder[S]) -> Builder[S]:
        BUILDERS.add(spec, cast(Builder[Spec], builder))  # found by the spec's class, so that it is given no other
        return builder

    return register


def build_module(spec: Spec) -> LayerModule:
    """Make the module of a spec. Raises UnsupportedLayerError where there is no builder."""
    module = BUILDERS[spec](spec)
    module.made_for = spec
    return module
