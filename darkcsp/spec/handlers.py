"""Registries of handlers, which implement a kind of layer for one purpose, by spec class."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Generic, TypeVar

from darkcsp.errors import UnsupportedLayerError
from darkcsp.spec.spec import Spec

Handler = TypeVar("Handler", bound=Callable[..., object])

_POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


class Handlers(Generic[Handler]):
    """Handlers for one purpose: modules, ONNX nodes, decoders.

    Each package has a decorator around `add`, whose types declare the parameters and results of its handlers.
    """

    def __init__(self, backend: str, missing: str, *parameters: str) -> None:
        """Create an empty registry.

        Args:
            backend: name of what cannot express a layer without a handler, for messages.
            missing: message for such a layer; `{}` is replaced by the name of its spec.
            parameters: names of a handler's parameters, in order; a last one with a star, `*inputs`, means one or more
                parameters of any names.
        """
        self._backend, self._missing = backend, missing
        self._parameters = parameters
        self._found: dict[type[Spec], Handler] = {}

    def add(self, spec: type[Spec], handler: Handler) -> None:
        """Register the handler of a spec class.

        Raises:
            ValueError: the class already has one.
            TypeError: its parameters are not the expected ones.
        """
        if spec in self._found:
            raise ValueError(f"{spec.__name__} has two handlers: {_name(self._found[spec])} and {_name(handler)}")
        self._check(handler)
        self._found[spec] = handler

    def __getitem__(self, spec: Spec) -> Handler:
        """Return the handler of a spec. Raises UnsupportedLayerError if there is none."""
        handler = self._found.get(type(spec))
        if handler is None:
            raise UnsupportedLayerError(spec.place, self._backend, self._missing.format(type(spec).__name__))
        return handler

    @property
    def specs(self) -> frozenset[type[Spec]]:
        """The spec classes that have a handler."""
        return frozenset(self._found)

    def _check(self, handler: Handler) -> None:
        given = [
            parameter.replace(annotation=Parameter.empty)
            for parameter in inspect.signature(handler).parameters.values()
        ]
        names = [parameter.name for parameter in given if parameter.kind in _POSITIONAL]
        takes_any = any(parameter.kind is Parameter.VAR_POSITIONAL for parameter in given)
        needs_keyword = any(
            parameter.kind is Parameter.KEYWORD_ONLY and parameter.default is Parameter.empty for parameter in given
        )
        fixed = [name for name in self._parameters if not name.startswith("*")]
        more = len(names) > len(fixed) or takes_any
        if names[: len(fixed)] != fixed or more != (len(fixed) < len(self._parameters)) or needs_keyword:
            shown = Signature(given)
            raise TypeError(f"{_name(handler)} takes {shown}; expected ({', '.join(self._parameters)})")


def _name(handler: Callable[..., object]) -> str:
    return f"{handler.__module__}.{handler.__qualname__}"
