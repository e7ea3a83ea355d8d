"""A network as data: specs in order, what reads what, what comes out, totals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from darkcsp.cfg.document import Cfg
from darkcsp.errors import Notice
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.spec.file_rules import FileRules
from darkcsp.spec.head import Head
from darkcsp.spec.net import Net
from darkcsp.spec.program import Program
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec


@dataclass(frozen=True)
class Graph:
    """A network built from a cfg.

    Attributes:
        cfg: the file it was built from.
        net: the [net] section.
        layers: one spec for each section below [net].
        notices: everything odd that was found, in file order.
        program: whose rules it follows.
        files: how that program reads files of weights.
        limits: what it was built within.
    """

    cfg: Cfg
    net: Net
    layers: tuple[Spec, ...]
    notices: tuple[Notice, ...]
    program: Program
    files: FileRules
    limits: Limits = DEFAULT_LIMITS

    @property
    def input(self) -> Shape:
        """Shape of the input: (c, h, w)."""
        return self.net.input

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """The detection heads, in order; empty for a classifier or backbone."""
        return tuple(spec for spec in self.layers if isinstance(spec, Head))

    @cached_property
    def output(self) -> Spec:
        """The last layer that has an output: [cost] has none (get_network_output in src/network.c)."""
        return next((spec for spec in reversed(self.layers) if spec.has_output), self.layers[-1])

    @cached_property
    def raw_outputs(self) -> tuple[int, ...]:
        """What a forward pass returns: for each head the layer whose output it is given, else the last output.

        A last layer that lacks a file, such as its tree of classes, counts as a head. -1 is the network's input.
        """
        if self.heads:
            return tuple(head.sources[0] for head in self.heads)
        output = self.output
        return output.sources if output.lacks_file else (output.index,)

    @cached_property
    def consumers(self) -> tuple[tuple[int, ...], ...]:
        """For each layer, the layers that read it."""
        readers: list[list[int]] = [[] for _ in self.layers]
        for spec in self.layers:
            for source in sorted(set(spec.sources)):
                if source >= 0:
                    readers[source].append(spec.index)
        return tuple(tuple(found) for found in readers)

    @property
    def flops(self) -> float:
        """Operations for one image by Darknet's count."""
        return sum(spec.flops for spec in self.layers)

    @property
    def intensity(self) -> float:
        """Multiplications for each number that is moved: the values that layers write, and the parameters they read."""
        moved = sum(spec.output.size for spec in self.layers) + self.parameters
        return sum(spec.multiplications for spec in self.layers) / moved

    @property
    def parameters(self) -> int:
        """Numbers that a `.weights` file holds."""
        return sum(blob.size for spec in self.layers for blob in spec.stored)

    @property
    def is_recurrent(self) -> bool:
        """Whether any layer carries state from call to call."""
        return any(spec.states for spec in self.layers)
