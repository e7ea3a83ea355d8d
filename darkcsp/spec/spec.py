"""What a layer is before any backend sees it: shapes, parameter blobs in file order, FLOPs, and where it stands.

A file in this folder holds one layer family: frozen dataclasses derived from `Spec`, registered by the decorator
`@layer`. They are the only code that reads a section's options.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import ClassVar, Literal, NamedTuple, TypedDict, TypeVar

from darkcsp.cfg.options import Options
from darkcsp.errors import GraphError, Place

Dialect = Literal["AlexeyAB", "pjreddie"]
"""Whose program reads the cfg. AlexeyAB's fork is the rule; pjreddie's is for what the fork refuses."""


Layout = Literal["plain", "flipped", "connected"]
"""How a file orders a blob: as its shape, always transposed, or transposed where the header says so."""


class Shape(NamedTuple):
    """Channels, height, width of one image's activations; vectors are (n, 1, 1)."""

    c: int
    h: int
    w: int

    @property
    def size(self) -> int:
        """Number of values."""
        return self.c * self.h * self.w

    def __str__(self) -> str:
        return f"{self.c}x{self.h}x{self.w}"


class Blob(NamedTuple):
    """One array of parameters in a `.weights` file.

    Attributes:
        name: Darknet's word: biases, scales, means, variances, weights; sublayers as in `input.weights`.
        shape: the array's shape in darkcsp (torch's order for weights).
        layout: how the file orders it. "plain": as `shape`; "flipped": always transposed (option flipped=1);
            "connected": transposed where the file's header says so (Darknet before 2015).
    """

    name: str
    shape: tuple[int, ...]
    layout: Layout = "plain"

    @property
    def size(self) -> int:
        """Number of float32 values."""
        return prod(self.shape)


class StateSpec(NamedTuple):
    """One tensor that a recurrent layer carries from call to call, per image; it starts at zero."""

    name: str
    shape: Shape


@dataclass(frozen=True)
class Position:
    """Where a layer stands: what is known before its own options are read.

    Attributes:
        index: its number in Darknet's counting, from 0 below [net].
        place: its section's place in the cfg.
        layers: the specs above it.
        network_input: shape of the network's input.
        dialect: whose rules apply.
        time_steps: `time_steps` of [net].
    """

    index: int
    place: Place
    layers: tuple[Spec, ...]
    network_input: Shape
    dialect: Dialect = "AlexeyAB"
    time_steps: int = 1

    @property
    def input(self) -> Shape:
        """Shape that the layer above hands down."""
        return self.layers[-1].output_to_next if self.layers else self.network_input

    def shape_of(self, index: int) -> Shape:
        """Output shape of an earlier layer; -1 is the network's input."""
        return self.network_input if index < 0 else self.layers[index].output

    def resolve(self, options: Options, key: str, reference: int) -> int:
        """Turn Darknet's reference (negative: relative; 0 and up: absolute) into a layer's number.

        Raises GraphError where it is not a layer above this one.
        """
        index = self.index + reference if reference < 0 else reference
        if not 0 <= index < self.index:
            above = f"0 to {self.index - 1}, or -{self.index} to -1" if self.index else "none, this is the first"
            raise GraphError(
                options.place_of(key), f"{key}={reference}: there is no such layer above layer {self.index}; {above}"
            )
        return index

    def resolve_all(self, options: Options, key: str) -> tuple[int, ...]:
        """Resolve a list of references. Raises OptionError where the option is missing."""
        references = options.references(key)
        if not references:
            raise options.error(key, f"is missing; expected layer numbers such as {key}=-1")
        return tuple(self.resolve(options, key, reference) for reference in references)

    def resolve_one(self, options: Options, key: str) -> int:
        """Resolve a single reference. Raises OptionError where the option is missing."""
        if not options.has(key):
            raise options.error(key, f"is missing; expected a layer number such as {key}=-2")
        return self.resolve(options, key, options.integer(key, 0))


@dataclass(frozen=True, kw_only=True)
class Spec(ABC):
    """One layer of a graph.

    Attributes:
        index: Darknet's number of the layer.
        place: its section in the cfg.
        sources: layers that it reads, in order; -1 is the network's input.
        inputs: their output shapes.
        dialect: whose rules it follows.
    """

    sections: ClassVar[tuple[str, ...]] = ()
    """Section names that mean this layer; the first is its type and its files' name."""

    training_options: ClassVar[frozenset[str]] = frozenset()
    """Options that matter to Darknet's training alone."""

    option_notes: ClassVar[Mapping[str, str]] = {}
    """Meaning of options that no attribute is named after, for the documentation."""

    fork_options: ClassVar[frozenset[str]] = frozenset()
    """Options that AlexeyAB's fork reads and pjreddie's program does not."""

    dialects: ClassVar[tuple[Dialect, ...]] = ("AlexeyAB", "pjreddie")
    """Programs that know the section."""

    reads_buffers: ClassVar[bool] = False
    """Whether all sources are other layers' buffers; else the first is what the layer above hands down."""

    index: int
    place: Place
    sources: tuple[int, ...]
    inputs: tuple[Shape, ...] = field(repr=False)
    dialect: Dialect = field(default="AlexeyAB", repr=False)

    @classmethod
    @abstractmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Make the spec from a section's options. Raises OptionError or GraphError."""

    @property
    @abstractmethod
    def output(self) -> Shape:
        """Shape of the layer's output."""

    @property
    def output_to_next(self) -> Shape:
        """Shape that Darknet hands to the section below.

        It differs from `output`, the shape that references see, behind an antialiasing blur alone: the smaller result
        then lies at the start of the larger buffer.
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
    def flops(self) -> float:
        """Operations for one image by Darknet's count; 1e9 of them are its BFLOP."""
        return 0.0

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

    def settled(self, layers: tuple[Spec, ...]) -> Spec:
        """Return the spec once all layers are known: some of Darknet's options depend on who reads the layer."""
        return self


@dataclass(frozen=True, kw_only=True)
class Parametric(Spec):
    """A layer with parameters, which its section can keep out of the file.

    Attributes:
        loads: False where `dontload=1` keeps the layer out of the file.
        loads_scales: False where `dontloadscales=1` keeps scales, means and variances out of the file.
    """

    loads: bool = True
    loads_scales: bool = True

    @property
    def stored(self) -> tuple[Blob, ...]:
        """What is in the file: nothing for layers that share another's parameters, or do not load."""
        if self.parameters_of != self.index or not self.loads:
            return ()
        return tuple(blob for blob in self.blobs if self.loads_scales or blob.name not in _SCALES)


_SCALES = frozenset(["scales", "means", "variances"])


class Loading(TypedDict):
    """The fields of Parametric."""

    loads: bool
    loads_scales: bool


def read_loading(options: Options) -> Loading:
    """Read dontload and dontloadscales."""
    return {"loads": not options.flag("dontload"), "loads_scales": not options.flag("dontloadscales")}


class Base(TypedDict):
    """The fields that every spec has."""

    index: int
    place: Place
    sources: tuple[int, ...]
    inputs: tuple[Shape, ...]
    dialect: Dialect


def chained(at: Position, *references: int) -> Base:
    """Base fields of a layer that reads what the one above hands down, and the buffers of `references`."""
    inputs = (at.input, *(at.shape_of(reference) for reference in references))
    return _base(at, (at.index - 1, *references), inputs)


def referring(at: Position, references: tuple[int, ...]) -> Base:
    """Base fields of a layer that reads buffers alone."""
    inputs = tuple(at.shape_of(reference) for reference in references)
    return _base(at, references, inputs)


def _base(at: Position, sources: tuple[int, ...], inputs: tuple[Shape, ...]) -> Base:
    return {"index": at.index, "place": at.place, "sources": sources, "inputs": inputs, "dialect": at.dialect}


SpecType = TypeVar("SpecType", bound=type[Spec])
_REGISTRY: dict[str, type[Spec]] = {}


def layer(spec: SpecType) -> SpecType:
    """Register a spec class for its section names (class decorator)."""
    for name in spec.sections:
        if name in _REGISTRY:
            raise ValueError(f"[{name}] is registered twice: {_REGISTRY[name].__name__} and {spec.__name__}")
        _REGISTRY[name] = spec
    return spec


def registered() -> dict[str, type[Spec]]:
    """Return section name -> spec class."""
    return dict(_REGISTRY)
