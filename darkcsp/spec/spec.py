"""What a layer is before any backend sees it: shapes, parameter blobs in file order, FLOPs, and what is special in it.

Each layer family derives from `Spec` in a file of its own in `darkcsp/layers`. What other code must know of a layer is
a member here, so that no other file names layers.
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
        place: its section in the cfg.
        sources: layers that it reads, in order; -1 is the network's input.
        inputs: their output shapes.
    """

    sections: ClassVar[tuple[str, ...]] = ()
    """Section names that mean this layer; the first is its type and its files' name."""

    authors: ClassVar[tuple[Author, ...]] = ("AlexeyAB", "pjreddie")
    """Whose programs know the section."""

    training_options: ClassVar[frozenset[str]] = frozenset()
    """Options that matter to Darknet's training alone."""

    fork_options: ClassVar[frozenset[str]] = frozenset()
    """Options that AlexeyAB's fork reads and pjreddie's program does not."""

    option_notes: ClassVar[Mapping[str, str]] = {}
    """Meaning of options that no attribute is named after, for the documentation."""

    option_attributes: ClassVar[Mapping[str, str]] = {}
    """Options whose meaning is the text of an attribute with another name, and that name; bases' hold as well."""

    sample: ClassVar[Sample] = Sample()
    """A cfg in which the section makes sense."""

    reads_buffers: ClassVar[bool] = False
    """Whether all sources are other layers' buffers; else the first is what the layer above hands down."""

    has_output: ClassVar[bool] = True
    """Whether the layer has a buffer that other layers, or the network's user, can read."""

    adds_sources: ClassVar[bool] = False
    """Whether the layer adds its sources, so that a signal that passes many such layers grows."""

    vectors: ClassVar[Literal["refuses", "reads", "keeps"]] = "refuses"
    """What it does with a source that has no height, width and channels for Darknet, see `makes_vector`.

    "refuses": it needs them. "reads": the number of values is enough. "keeps": likewise, and then its output has none.
    """

    output_name: ClassVar[str] = "output"
    """What a model calls the output of a network that ends in this layer."""

    index: int
    place: Place
    sources: tuple[int, ...]
    inputs: tuple[Shape, ...] = field(repr=False)

    @classmethod
    @abstractmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Make the spec from a section's options. Raises OptionError or GraphError."""

    @classmethod
    def hidden_options(cls, program: Program) -> frozenset[str]:
        """Options that a program does not know and so ignores, though `read` asks for them."""
        return cls.fork_options if program.author == "pjreddie" else frozenset()

    @property
    @abstractmethod
    def output(self) -> Shape:
        """Shape of the layer's output."""

    @property
    def output_to_next(self) -> Shape:
        """Shape that Darknet hands to the section below.

        It differs from `output`, the shape that references see, only where there is an antialiasing blur: the smaller
        result then lies at the start of the larger buffer.
        """
        return self.output

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Parameters in file order."""
        return ()

    @property
    def parameters_of(self) -> int:
        """Number of the layer whose parameters this one uses: its own but for `share_index`."""
        return self.index

    @property
    def stored(self) -> tuple[Blob, ...]:
        """The blobs that a `.weights` file holds for this layer."""
        return self.blobs if self.parameters_of == self.index else ()

    @property
    def states(self) -> tuple[StateSpec, ...]:
        """Tensors carried from call to call."""
        return ()

    @property
    def initial_values(self) -> Mapping[str, float | tuple[float, ...]]:
        """What blobs start with where no file holds them: one number, or one for each row; others start at random."""
        return {}

    @property
    def checkpoint_names(self) -> Mapping[str, str]:
        """What WongKinYiu's state_dict calls each blob, behind the layer's number; {} where it has none of them."""
        return {}

    def checkpoint_shape(self, blob: Blob) -> tuple[int, ...]:
        """Shape of a blob in that state_dict."""
        return blob.shape

    @property
    def hands_on(self) -> bool:
        """Whether the output is the very tensor of the first source, so that changing one of them changes both."""
        return False

    @property
    def changes_input(self) -> bool:
        """Whether the layer above's own tensor becomes the output, so that later references see it there, too."""
        return False

    @property
    def flops(self) -> float:
        """Operations for one image by Darknet's count; 1e9 of them are its BFLOP."""
        return 0.0

    @property
    def multiplications(self) -> float:
        """About how many the layer takes for one image, be they counted by Darknet or not; for `Limits`."""
        return max(self.flops / 2, sum(blob.size for blob in self.blobs))

    @property
    def constants(self) -> int:
        """About how many numbers other rooms make for the layer beside its parameters, such as tables; for `Limits`."""
        return 0

    @property
    def steps(self) -> int:
        """About how many operations the layer is made of in a model; for `Limits`."""
        return 1

    @property
    def makes_vector(self) -> bool:
        """Whether Darknet knows only the number of outputs: no height, width and channels."""
        return False

    @property
    def keeps_activation_of(self) -> tuple[int, ...]:
        """Sources whose activation is applied in spite of `bin_output`, because this layer refers to them."""
        return ()

    @property
    def source_group(self) -> tuple[int, int] | None:
        """(group, groups): which part of each source's channels is read; None for all of them."""
        return None

    @property
    def parents(self) -> tuple[int, ...]:
        """For probabilities of a tree of classes, each class's parent, -1 at the top (see Tree); else ()."""
        return ()

    @property
    def lacks_file(self) -> bool:
        """Whether the output depends on a file, such as a tree of classes, that was not found."""
        return False

    @property
    def type(self) -> str:
        """Section name, Darknet's word for the layer."""
        return self.sections[0]

    @property
    def input(self) -> Shape:
        """Shape of the first source."""
        return self.inputs[0]

    @property
    def label(self) -> str:
        """Name in models and messages: L012_convolutional."""
        return f"L{self.index:03d}_{self.type}"

    def settled(self, network: Surroundings) -> Spec:
        """Return the spec once all layers are known: some of Darknet's options depend on who reads the layer."""
        return self


class Surroundings(NamedTuple):
    """What a layer may want to know of the others.

    Attributes:
        layers: how many there are.
        activated: those whose activation another layer keeps, see `keeps_activation_of`.
    """

    layers: int
    activated: frozenset[int]

    @classmethod
    def of(cls, layers: Sequence[Spec]) -> Surroundings:
        """Return what is to be known of a network."""
        return cls(len(layers), frozenset(index for spec in layers for index in spec.keeps_activation_of))


class SpecFields(TypedDict):
    """The fields that every spec has."""

    index: int
    place: Place
    sources: tuple[int, ...]
    inputs: tuple[Shape, ...]


def chained(at: Position, *references: int) -> SpecFields:
    """Fields of a layer that reads what the one above hands down, and the buffers of `references`."""
    inputs = (at.input, *(at.shape_of(reference) for reference in references))
    return {"index": at.index, "place": at.place, "sources": (at.index - 1, *references), "inputs": inputs}


def referring(at: Position, references: tuple[int, ...]) -> SpecFields:
    """Fields of a layer that reads buffers alone."""
    shapes = {reference: at.shape_of(reference) for reference in set(references)}
    inputs = tuple(shapes[reference] for reference in references)
    return {"index": at.index, "place": at.place, "sources": references, "inputs": inputs}
