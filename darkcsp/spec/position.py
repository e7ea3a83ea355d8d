"""A section's position: everything that is known before its own options are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError, Place
from darkcsp.spec.program import DEFAULT, Program
from darkcsp.spec.shape import Shape

if TYPE_CHECKING:  # a spec is read at a position, and a position knows the specs above it
    from darkcsp.spec.spec import Spec


@dataclass(frozen=True)
class Position:
    """A layer's position in the network.

    Attributes:
        index: Darknet's number of the layer, counted from 0 after [net].
        place: its section's place in the cfg.
        layers: the specs above it, while its section is read.
        network_input: shape of the network's input.
        program: the program whose rules apply.
        time_steps: `time_steps` of [net].
        replaced: layer -> layer whose output its tensor currently holds; missing layers hold their own output.
    """

    index: int
    place: Place
    layers: Sequence[Spec]
    network_input: Shape
    program: Program = DEFAULT
    time_steps: int = 1
    replaced: Mapping[int, int] = field(default_factory=dict)

    @property
    def input(self) -> Shape:
        """Shape of the layer above, as it is passed to the next section."""
        return self.layers[-1].output_to_next if self.layers else self.network_input

    def shape_of(self, index: int) -> Shape:
        """Return the output shape of an earlier layer; -1 is the network's input."""
        return self.network_input if index < 0 else self.layers[index].output

    def resolve(self, options: Options, key: str, reference: int) -> int:
        """Resolve Darknet's reference to a layer (negative: relative; otherwise: absolute) to a layer's number.

        The result is the layer whose output is in that layer's tensor, see `replaced`.

        Raises GraphError if the reference is not to a layer above this one.
        """
        index = self.index + reference if reference < 0 else reference
        if not 0 <= index < self.index:
            above = f"expected 0 to {self.index - 1}, or -{self.index} to -1" if self.index else "it is the first layer"
            raise GraphError(
                options.place_of(key), f"{key}={reference}: there is no such layer above layer {self.index}; {above}"
            )
        return self.replaced.get(index, index)

    def resolve_all(self, options: Options, key: str) -> tuple[int, ...]:
        """Resolve a list of references. Raises OptionError if the option is missing."""
        references = options.references(key)
        if not references:
            raise options.error(key, f"is missing; expected layer numbers such as {key}=-1")
        layers = {reference: self.resolve(options, key, reference) for reference in dict.fromkeys(references)}
        return tuple(layers[reference] for reference in references)

    def resolve_one(self, options: Options, key: str) -> int:
        """Resolve a single reference. Raises OptionError if the option is missing."""
        if not options.has(key):
            raise options.error(key, f"is missing; expected a layer number such as {key}=-2")
        return self.resolve(options, key, options.integer(key, 0))
