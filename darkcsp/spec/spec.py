"""Backend-independent description of a layer: shapes, parameter blobs in file order, FLOPs, and special properties.

Each layer family derives from `Spec` in its own file in `darkcsp/layers`. Everything that other code must know about a
layer is a member here, so that no other file refers to layers by name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple, TypedDict

from darkcsp.cfg.options import Options
from darkcsp.errors import Place
from darkcsp.spec.blob import Blob, StateSpec
from darkcsp.spec.position import Position
from darkcsp.spec.program import Author, Program
from darkcsp.spec.record import Record
from darkcsp.spec.sample import Sample
from darkcsp.spec.shape import Shape


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Spec(Record, ABC):
    """One layer of a graph.

    Attributes:
        index: Darknet's number of the layer.
        place: its section's place in the cfg.
        sources: numbers of the layers that it reads, in order; -1 is the network's input.
        inputs: output shapes of the sources.
    """

    sections: ClassVar[tuple[str, ...]] = ()
    """Section names of this layer; the first is its type, and the name of its files."""

    authors: ClassVar[tuple[Author, ...]] = ("AlexeyAB", "pjreddie")
    """Authors of the programs that know the section."""

    training_options: ClassVar[frozenset[str]] = frozenset()
    """Options that Darknet uses only for training."""

    fork_options: ClassVar[frozenset[str]] = frozenset()
    """Options that AlexeyAB's fork reads and pjreddie's program does not."""

    option_notes: ClassVar[Mapping[str, str]] = {}
    """Meaning of options without an attribute of the same name, for the documentation."""

    option_attributes: ClassVar[Mapping[str, str]] = {}
    """Option -> attribute of another name whose text documents it; those of base classes apply, too."""

    sample: ClassVar[Sample] = Sample()
    """A cfg in which the section is valid."""

    reads_buffers: ClassVar[bool] = False
    """Whether all sources are other layers' buffers; otherwise the first is what the layer above passes down."""

    has_output: ClassVar[bool] = True
    """Whether the layer has an output that other layers, or the network's user, can read."""

    adds_sources: ClassVar[bool] = False
    """Whether the layer adds its sources, so that a signal grows as it passes through many such layers."""

    vectors: ClassVar[Literal["refuses", "reads", "keeps"]] = "refuses"
    """How the layer treats a source that has no height, width and channels in Darknet, see `makes_vector`.

    "refuses": it needs them. "reads": it only needs the number of values. "keeps": the same, and its output has none
    either.
    """

    output_name: ClassVar[str] = "output"
    """Name of a model's output if the network ends with this layer."""

    index: int
    place: Place
    sources: tuple[int, ...]
    inputs: tuple[Shape, ...] = field(repr=False)

    @classmethod
    @abstractmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Create the spec from a section's options. Raises OptionError or GraphError."""

    @classmethod
    def hidden_options(cls, program: Program) -> frozenset[str]:
        """Return options that a program does not know and therefore ignores, though `read` asks for them."""
        return cls.fork_options if program.author == "pjreddie" else frozenset()

    @property
    @abstractmethod
    def output(self) -> Shape:
        """Shape of the layer's output."""

    @property
    def output_to_next(self) -> Shape:
        """Shape that Darknet passes to the section below.

        It differs from `output`, the shape that references see, only if there is an antialiasing blur: the smaller
        result is then at the start of the larger buffer.
        """
        return self.output

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Parameters in file order."""
        return ()

    @property
    def parameters_of(self) -> int:
        """Number of the layer whose parameters this one uses: its own, unless `share_index` is set."""
        return self.index

    @property
    def stored(self) -> tuple[Blob, ...]:
        """The blobs that a `.weights` file holds for this layer."""
        return self.blobs if self.parameters_of == self.index else ()

    @property
    def states(self) -> tuple[StateSpec, ...]:
        """Tensors kept between calls."""
        return ()

    @property
    def initial_values(self) -> Mapping[str, float | tuple[float, ...]]:
        """Initial values of blobs that are in no file: one number, or one per row; all others start at random."""
        return {}

    @property
    def checkpoint_names(self) -> Mapping[str, str]:
        """Name of each blob in WongKinYiu's state_dict, after the layer's number; {} if it has none of them."""
        return {}

    def checkpoint_shape(self, blob: Blob) -> tuple[int, ...]:
        """Return the shape of a blob in that state_dict."""
        return blob.shape

    @property
    def hands_on(self) -> bool:
        """Whether the output is the same tensor as the first source, so that changing one changes both."""
        return False

    @property
    def changes_input(self) -> bool:
        """Whether the output is written into the tensor of the layer above, so that references to that see it, too."""
        return False

    @property
    def flops(self) -> float:
        """Number of operations for one image, as Darknet counts them; 1e9 are one BFLOP."""
        return 0.0

    @property
    def multiplications(self) -> float:
        """Approximate number of multiplications for one image, whether Darknet counts them or not; for `Limits`."""
        return max(self.flops / 2, sum(blob.size for blob in self.blobs))

    @property
    def constants(self) -> int:
        """Approximate number of values created for the layer besides its parameters, such as tables; for `Limits`."""
        return 0

    @property
    def steps(self) -> int:
        """Approximate number of operations that the layer consists of in a model; for `Limits`."""
        return 1

    @property
    def makes_vector(self) -> bool:
        """Whether Darknet knows only the number of outputs, but no height, width and channels."""
        return False

    @property
    def keeps_activation_of(self) -> tuple[int, ...]:
        """Sources whose activation is applied despite `bin_output`, because this layer refers to them."""
        return ()

    @property
    def source_group(self) -> tuple[int, int] | None:
        """(group, groups): which part of each source's channels is read; None for all of them."""
        return None

    @property
    def parents(self) -> tuple[int, ...]:
        """For probabilities of a class tree, the parent of each class, -1 for roots (see Tree); otherwise ()."""
        return ()

    @property
    def lacks_file(self) -> bool:
        """Whether the output depends on a file that was not found, such as a class tree."""
        return False

    @property
    def type(self) -> str:
        """Section name, which is Darknet's name of the layer."""
        return self.sections[0]

    @property
    def input(self) -> Shape:
        """Shape of the first source."""
        return self.inputs[0]

    @property
    def label(self) -> str:
        """Name in models and messages, such as L012_convolutional."""
        return f"L{self.index:03d}_{self.type}"

    def settled(self, network: Surroundings) -> Spec:
        """Return the final spec when all layers are known: some options depend on which layers read this one."""
        return self


class Surroundings(NamedTuple):
    """Facts about the whole network that a layer may need.

    Attributes:
        layers: number of layers.
        activated: layers whose activation another layer keeps, see `keeps_activation_of`.
    """

    layers: int
    activated: frozenset[int]

    @classmethod
    def of(cls, layers: Sequence[Spec]) -> Surroundings:
        """Return the facts for a network's layers."""
        return cls(len(layers), frozenset(index for spec in layers for index in spec.keeps_activation_of))


class SpecFields(TypedDict):
    """The fields of every spec."""

    index: int
    place: Place
    sources: tuple[int, ...]
    inputs: tuple[Shape, ...]


def chained(at: Position, *references: int) -> SpecFields:
    """Return the fields of a layer that reads the layer above, and the buffers of `references`."""
    inputs = (at.input, *(at.shape_of(reference) for reference in references))
    return {"index": at.index, "place": at.place, "sources": (at.index - 1, *references), "inputs": inputs}


def referring(at: Position, references: tuple[int, ...]) -> SpecFields:
    """Return the fields of a layer that reads only the buffers of `references`."""
    shapes = {reference: at.shape_of(reference) for reference in set(references)}
    inputs = tuple(shapes[reference] for reference in references)
    return {"index": at.index, "place": at.place, "sources": references, "inputs": inputs}
