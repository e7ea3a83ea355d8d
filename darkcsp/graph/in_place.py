"""Track which layer's output each tensor holds, for layers that change their input in place.

PyTorch passes tensors by reference: WongKinYiu's [shortcut], if it adds a source with fewer channels, writes into the
output of the layer above. Later references to that layer get the [shortcut]'s output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from darkcsp.errors import GraphError
from darkcsp.spec.spec import Spec


class Tensors(Mapping[int, int]):
    """The tensors of the layers so far: one per layer, except for layers that pass on or change another's tensor.

    As a mapping: from each layer (-1 is the network's input) to the layer whose output its tensor currently holds.
    """

    def __init__(self) -> None:
        self._tensor: dict[int, int] = {-1: -1}
        self._changed_by: dict[int, int] = {}

    def add(self, spec: Spec, above: Sequence[Spec]) -> None:
        """Add the next layer. Raises GraphError if it changes a part of another layer's output."""
        shares = spec.hands_on or spec.changes_input
        tensor = self._tensor[spec.sources[0]] if shares else spec.index
        self._tensor[spec.index] = tensor
        if spec.changes_input:
            given = above[-1] if above else None
            if given is not None and given.source_group is not None and len(given.sources) == 1:
                raise GraphError(
                    spec.place,
                    f"adds a source with fewer channels to layer {given.index} in place, which would also change layer "
                    f"{given.sources[0]}, because layer {given.index} is a part of it; darkcsp does not support that",
                )
            self._changed_by[tensor] = spec.index

    @property
    def replaced(self) -> Mapping[int, int]:
        """The mapping, or an empty one if no tensor has been changed yet."""
        return self if self._changed_by else {}

    def __getitem__(self, layer: int) -> int:
        return self._changed_by.get(self._tensor[layer], layer)

    def __iter__(self) -> Iterator[int]:
        return iter(self._tensor)

    def __len__(self) -> int:
        return len(self._tensor)
