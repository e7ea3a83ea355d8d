"""A model's metadata, stored in its properties: how to prepare pictures and how to read the outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from darkcsp.graph.graph import Graph
from darkcsp.modelfile.forms import Dimension, HeadForm, InputType, Precision
from darkcsp.modelfile.options import ExportOptions, Suppression
from darkcsp.modelfile.targets import Float16, Target
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
        nms_kind: kind of NMS in the cfg: "default", "greedynms", "diounms", or "wongkinyiu".
        nms_beta: exponent of diounms.
        tree: whether classes form a tree.
        compares_objectness: whether a box's objectness must exceed the threshold as well as its score.
        limits: default (confidence, IoU) thresholds.
        layer: its layer number.
        details: further values needed for decoding, such as anchors, as JSON values.
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
    """How the ranges of an int8 model were chosen: the method and the number of pictures."""

    method: str
    pictures: int


@dataclass(frozen=True)
class Metadata:
    """A model's description of itself.

    Attributes:
        kind: "detector" if the network has detection heads, else "classifier".
        head: form of the output, see `HeadForm`.
        input: shape of one picture.
        resize: how pictures are resized to that shape, see `Resize`.
        heads: the detection heads in the cfg's order.
        names: class names, () if the model has none.
        parents: for a classifier with a tree of classes, each class's parent, -1 for roots (see Tree); else ().
        pixels: type of the input, see `InputType`.
        suppression: which boxes head "nms" keeps; None for other forms.
        dynamic: dimensions that the model leaves open: "batch" for any number of pictures, "size" for pictures of any
            size; `input` is then the cfg's.
        precision: what layers are computed in, or stored as.
        calibration: how an int8 model was calibrated; None for others.
        float16: what is float16 in a model of precision fp16; None for others, and in older files.
        version: the darkcsp version that wrote it.
        cfg_sha256: SHA-256 of the cfg, in hex.
        program: whose rules the cfg was read by, and what its layers compute.
        target: what the file was optimised for.
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
    float16: Float16 | None = None
    version: str = field(default=__version__, compare=False)
    cfg_sha256: str = ""
    program: Program = DEFAULT
    target: Target = field(default="portable", compare=False)

    @classmethod
    def of_graph(cls, graph: Graph, options: ExportOptions) -> Metadata:
        """Describe the float32 model made from a graph."""
        heads = tuple(HeadInfo.of(spec) for spec in graph.heads)
        return cls(
            kind="detector" if heads else "classifier",
            head=options.head,
            input=graph.input,
            resize=options.resize_for(graph.net),
            heads=heads,
            names=tuple(options.names),
            parents=graph.output.parents,
            pixels=options.input,
            suppression=options.suppression if options.head == "nms" and heads else None,
            dynamic=options.dynamic,
            cfg_sha256=graph.cfg.sha256,
            program=graph.program,
            target=options.target,
        )

    @classmethod
    def from_properties(cls, properties: Mapping[str, str], path: str) -> Metadata:
        """Read the properties that darkcsp writes into a model file.

        Raises ModelError if there are none, or if they are invalid.
        """
        from darkcsp.modelfile.properties import from_properties  # which imports this module

        return from_properties(properties, path)

    def to_properties(self) -> dict[str, str]:
        """Return the properties of a model file, which `from_properties` reads."""
        from darkcsp.modelfile.properties import to_properties

        return to_properties(self)
