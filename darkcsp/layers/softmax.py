"""[softmax]: parse_softmax in src/parser.c, src/softmax_layer.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import layer
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained
from darkcsp.spec.tree import TreeOption, read_tree


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Softmax(Spec):
    """Softmax over consecutive values of the flattened input, in `groups` groups of equal size or by a class tree.

    Attributes:
        groups: number of groups.
        temperature: divisor of the inputs.
        tree: the class tree, or None; one softmax for each group of siblings replaces `groups`.
    """

    sections = ("softmax", "soft")
    vectors = "reads"
    output_name = "probabilities"
    option_notes = {
        "spatial": "ignored by Darknet's CPU program",
    }
    training_options = frozenset(["noloss"])

    groups: int
    temperature: float
    tree: TreeOption | None = None

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read a [softmax] section."""
        groups = options.integer("groups", 1, least=1)
        temperature = options.number("temperature", 1)
        if temperature == 0:
            raise options.error("temperature", "must not be 0")
        if at.input.size % groups:
            raise options.error("groups", f"must divide the {at.input.size} values of the input")
        if options.number("spatial", 0):
            options.notice("spatial", "Darknet applies the softmax at each position only on a GPU; here it is ignored")
        tree = read_tree(options, at.input.size)
        return cls(**chained(at), groups=groups, temperature=temperature, tree=tree)

    @property
    def output(self) -> Shape:
        """A vector."""
        return Shape(self.input.size, 1, 1)

    @property
    def makes_vector(self) -> bool:
        """Always True."""
        return True

    @property
    def lacks_file(self) -> bool:
        """Whether there is a class tree whose file was not found."""
        return self.tree is not None and self.tree.tree is None

    @property
    def parents(self) -> tuple[int, ...]:
        """The parent of each class in the tree, -1 for roots; () without a tree."""
        return self.tree.tree.parents if self.tree and self.tree.tree else ()
