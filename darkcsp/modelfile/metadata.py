"""What a model says of itself in its properties: how to prepare pictures and how to read what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from darkcsp.graph.graph import Graph
from darkcsp.modelfile.forms import Dimension, HeadForm, InputType, Precision
from darkcsp.modelfile.options import ExportOptions, Suppression
from darkcsp.spec import Shape
from darkcsp.spec.head import LIMITS, Head
from darkcsp.spec.net import Resize
from darkcsp.spec.program import DEFAULT, Program
from darkcsp.version import __version__

Kind = Literal["detector", "classifier"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class HeadInfo:
    """One detection head.

    Attributes:
        type: section name: "yolo", "region", ...
        classes: number of classes.
        nms_kind: suppression that the cfg asks for: "default", "greedynms", "diounms", or "wongkinyiu".
        nms_beta: exponent of diounms.
        tree: whether classes form a tree.
        compares_objectness: whether a box counts only where its objectness as well as its score exceeds the threshold.
        limits: (confidence, overlap) where its user says nothing.
        layer: its number.
        details: what else the layer says of its decoding, as JSON values: anchors and the like.
    """

    type: str
    classes: int
    nms_kind: str = "default"
    nms_beta: float = 0.6
    tree: bool = False
    compares_objectness: bool = False
    limits: tuple[float, float] = LIMITS
    layer: int = field(default=-1, compare=False)
    details: Mapping[str, object] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, spec: Head) -> HeadInfo:
        """Describe a head of a graph."""
        return cls(
            spec.type,
            spec.classes,
            *spec.nms,
            tree=spec.has_tree,
            compares_objectness=spec.compares_objectness,
            limits=spec.limits,
            layer=spec.index,
            details=spec.metadata,
        )


@dataclass(frozen=True)
class Calibration:
    """How the ranges of an int8 model were chosen: the method, and by how many pictures."""

    method: str
    pictures: int


@dataclass(frozen=True)
class Metadata:
    """What a model says of itself.

    Attributes:
        kind: "detector" where there are detection heads, else "classifier".
        head: form of the output, see `HeadForm`.
        input: shape of one picture.
        resize: how pictures become that size, see `Resize`.
        heads: the detection heads in the cfg's order.
        names: class names, () where the model has none.
        parents: for a classifier over a tree of classes, each class's parent, -1 at the top (see Tree); else ().
        pixels: what the model takes, see `InputType`.
        suppression: what head "nms" leaves; None for other forms.
        dynamic: what the model leaves open: "batch" where it takes any number of pictures, "size" where it takes
            pictures of any size; `input` is the cfg's then.
        precision: what layers are calculated in, or stored as.
        calibration: how an int8 model was calibrated; None for others.
        version: of the darkcsp that wrote it.
        cfg_sha256: hex digest of the cfg.
        program: whose rules the cfg was read by, and what its layers compute.
    """

    kind: Kind
    head: HeadForm
    input: Shape
    resize: Resize = "stretch"
    heads: tuple[HeadInfo, ...] = ()
    names: tuple[str, ...] = ()
    parents: tuple[int, ...] = ()
    pixels: InputType = "float32"
    suppression: Suppression | None = None
    dynamic: tuple[Dimension, ...] = field(default=(), compare=False)
    precision: Precision = "fp32"
    calibration: Calibration | None = None
    version: str = field(default=__version__, compare=False)
    cfg_sha256: str = ""
    program: Program = DEFAULT

    @classmethod
    def of_graph(cls, graph: Graph, options: ExportOptions) -> Metadata:
        """Describe the float32 model that a graph becomes."""
        heads = tuple(HeadInfo.of(spec) for spec in graph.heads)
        return cls(
            kind="detector" if heads else "classifier",
            head=options.head,
            input=graph.input,
            resize=options.resize or graph.net.resize,
            heads=heads,
            names=tuple(options.names),
            parents=graph.output.parents,
            pixels=options.input,
            suppression=options.suppression if options.head == "nms" and heads else None,
            dynamic=options.dynamic,
            cfg_sha256=graph.cfg.sha256,
            program=graph.program,
        )

    @classmethod
    def from_properties(cls, properties: Mapping[str, str], path: str) -> Metadata:
        """Read the properties that darkcsp writes into a model file.

        Raises ModelError where there are none, or where they make no sense.
        """
        from darkcsp.modelfile.properties import from_properties  # which makes what stands here

        return from_properties(properties, path)

    def to_properties(self) -> dict[str, str]:
        """Return the properties of a model file, which `from_properties` reads."""
        from darkcsp.modelfile.properties import to_properties

        return to_properties(self)
