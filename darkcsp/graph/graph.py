"""A network as data: specs in order, connections, outputs, totals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from darkcsp.cfg.document import Cfg
from darkcsp.description import Described
from darkcsp.errors import Notice
from darkcsp.graph.summary import Summary, summary_of
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.spec.file_rules import FileRules
from darkcsp.spec.head import Head
from darkcsp.spec.net import Net
from darkcsp.spec.program import Program
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec


@dataclass(frozen=True, repr=False)
class Graph(Described):
    """A network built from a cfg.

    Attributes:
        cfg: the cfg it was built from.
        net: the [net] section.
        layers: one spec for each section after [net].
        notices: anything suspicious that was found, in file order.
        program: the program whose rules it follows.
        files: how that program reads weights files.
        limits: the limits it was built with.
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
        """Shape of the input, (c, h, w)."""
        return self.net.input

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """The detection heads, in order; empty for a classifier or backbone."""
        return tuple(spec for spec in self.layers if isinstance(spec, Head))

    @cached_property
    def output(self) -> Spec:
        """The last layer that has an output; [cost] has none (get_network_output in src/network.c)."""
        return next((spec for spec in reversed(self.layers) if spec.has_output), self.layers[-1])

    @cached_property
    def raw_outputs(self) -> tuple[int, ...]:
        """Numbers of the layers whose outputs a forward pass returns: the input of each head, or else the last output.

        A last layer that lacks a file, such as its class tree, is treated as a head. -1 is the network's input.
        """
        if self.heads:
            return tuple(head.sources[0] for head in self.heads)
        output = self.output
        return output.sources if output.lacks_file else (output.index,)

    @cached_property
    def consumers(self) -> tuple[tuple[int, ...], ...]:
        """For each layer, the numbers of the layers that read it."""
        readers: list[list[int]] = [[] for _ in self.layers]
        for spec in self.layers:
            for source in sorted(set(spec.sources)):
                if source >= 0:
                    readers[source].append(spec.index)
        return tuple(tuple(found) for found in readers)

    @property
    def flops(self) -> float:
        """Number of operations for one image, as Darknet counts them."""
        return sum(spec.flops for spec in self.layers)

    @property
    def intensity(self) -> float:
        """Multiplications for each number that is moved: the values that layers write, and the parameters they read."""
        moved = sum(spec.output.size for spec in self.layers) + self.parameters
        return sum(spec.multiplications for spec in self.layers) / moved

    @property
    def parameters(self) -> int:
        """Number of values in a `.weights` file."""
        return sum(blob.size for spec in self.layers for blob in spec.stored)

    @property
    def is_recurrent(self) -> bool:
        """Whether any layer keeps state from one call to the next."""
        return any(spec.states for spec in self.layers)

    def summary(self) -> Summary:
        """Return a table of the layers and the totals, as `darkcsp info` prints it: `print(graph.summary())`.

        Parameters are the numbers that a `.weights` file holds for a layer, FLOPs are counted as Darknet counts them.
        """
        return summary_of(self)

    def _facts(self) -> dict[str, object]:
        heads = {"heads": [head.label for head in self.heads], "classes": self.heads[-1].classes} if self.heads else {}
        return {
            "cfg": self.cfg.path,
            "input": tuple(self.input),
            "layers": len(self.layers),
            **heads,
            "parameters": self.parameters,
            "bflops": float(f"{self.flops / 1e9:.6g}"),
        }
