"""Which layer's output a tensor holds by now, where layers change the tensor that they are given.

PyTorch hands tensors on by reference: a [shortcut] of WongKinYiu's that adds a narrower source writes into the output
of the layer above. Whoever refers to that layer afterwards finds the [shortcut]'s output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from darkcsp.errors import GraphError
from darkcsp.spec.spec import Spec


class Tensors(Mapping[int, int]):
    """The tensors of the layers so far: one for each, but for those that hand one on or change it.

    As a mapping: each layer, and -1 for the network's input, to the layer whose output its tensor holds by now.
    """

    def __init__(self) -> None:
        self._tensor: dict[int, int] = {-1: -1}
        self._changed_by: dict[int, int] = {}

    def add(self, spec: Spec, above: Sequence[Spec]) -> None:
        """Take in the next layer. Raises GraphError where it changes a part of another layer's output."""
        shares = spec.hands_on or spec.changes_input
        tensor = self._tensor[spec.sources[0]] if shares else spec.index
        self._tensor[spec.index] = tensor
        if spec.changes_input:
            given = above[-1] if above else None
            if given is not None and given.source_group is not None and len(given.sources) == 1:
                raise GraphError(
                    spec.place,
                    f"adds a source with fewer channels into layer {given.index}, which is a part of layer "
                    f"{given.sources[0]} and changes it, too; darkcsp does not follow that",
                )
            self._changed_by[tensor] = spec.index

    @property
    def replaced(self) -> Mapping[int, int]:
        """The mapping, empty as long as nothing has changed."""
        return self if self._changed_by else {}

    def __getitem__(self, layer: int) -> int:
        return self._changed_by.get(self._tensor[layer], layer)

    def __iter__(self) -> Iterator[int]:
        return iter(self._tensor)

    def __len__(self) -> int:
        return len(self._tensor)
