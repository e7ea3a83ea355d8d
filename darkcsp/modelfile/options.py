"""All options of writing an ONNX file, in one place."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, SupportsIndex, TypedDict, Unpack

from darkcsp.errors import ArgumentError
from darkcsp.graph.reading import CfgReading
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.modelfile.class_names import checked_names
from darkcsp.modelfile.forms import (
    DIMENSIONS,
    HEAD_FORMS,
    INPUT_TYPES,
    PRECISIONS,
    Dimension,
    HeadForm,
    InputType,
    Precision,
)
from darkcsp.modelfile.targets import TARGETS, Target
from darkcsp.spec.net import RESIZE_NAMES, Net, Resize, ResizeName
from darkcsp.spec.program import DEFAULT_SEMANTICS, DIALECTS, SEMANTICS, Dialect, Semantics

Dynamic = Literal["dynamic"]
DYNAMIC: Dynamic = "dynamic"
"""In the place of a number of pictures or of a size: the model takes any."""

EVERY_PASS = "all"
"""Disables every optimisation."""


class Suppression(NamedTuple):
    """Which of a network's boxes are returned.

    Attributes:
        threshold: confidence above which a box is kept, 0..1.
        nms: IoU above which the less confident of two boxes of the same class is dropped, 0..1; 0 keeps all.
        max_detections: maximum number of boxes per picture, the most confident ones; 0 for all.
        agnostic: whether boxes of different classes suppress each other as well. Each box then has one class.
        one_class_per_box: whether a box is kept only with its most probable class. In Darknet it is kept with every
            class above the threshold.
    """

    threshold: float = 0.25
    nms: float = 0.45
    max_detections: int = 300
    agnostic: bool = False
    one_class_per_box: bool = False

    @property
    def single_class(self) -> bool:
        """Whether each box has one class."""
        return self.agnostic or self.one_class_per_box

    def checked(self) -> Suppression:
        """Return the same values. Raises ArgumentError for an invalid one."""
        for name in ("threshold", "nms"):
            if not 0 <= getattr(self, name) <= 1:
                raise ArgumentError(name, getattr(self, name), "a number from 0 to 1")
        if not (isinstance(self.max_detections, SupportsIndex) and self.max_detections >= 0):
            raise ArgumentError("max_detections", self.max_detections, "1 or more, or 0 for all")
        return self._replace(max_detections=int(self.max_detections))  # may be a NumPy integer


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """How to write a network as an ONNX model.

    Attributes:
        head: form of the output: "decoded", "raw", "opencv4" or "nms", see `HeadForm`.
        target: what to optimise the model for: "portable", or an engine, see `TARGETS`.
        batch: pictures per run; "dynamic", or None, for any number.
        size: (width, height) to use instead of the cfg's; "dynamic" for pictures of any size at which the network's
            layers fit together, usually multiples of its largest stride. In OpenCV, only the new engine of OpenCV 5
            runs such a file.
        input: "float32" or "uint8", see `InputType`.
        names: class names for the metadata. If their number is not that of the classes, you get a CfgWarning, or an
            error with `strict`.
        precision: "fp32", "fp16" or "int8"; the last two are written by `darkcsp.precision.convert_precision`.
        taps: layers, or "all", whose outputs are added as `layer_012`.
        threshold: for head "nms": confidence above which a box is kept, 0..1.
        nms: for head "nms": IoU above which the less confident of two boxes of the same class is dropped, 0..1; 0 keeps
            all.
        max_detections: for head "nms": maximum number of boxes per class and picture, the most confident ones; 0 for
            all.
        agnostic: for head "nms": whether boxes of different classes suppress each other as well.
        one_class_per_box: for head "nms": whether a box is kept only with its most probable class.
        without: names of optimisations to disable, see `darkcsp.to_onnx.passes`; "all" disables every one.
        strict: whether it is an error if Darknet silently ignores or replaces something in the cfg or the weights.
        semantics: "trained" or "cpu": what the cfg's layers compute, see `Semantics`.
        dialect: whose program the cfg is written for, see `build_graph`.
        permissive: whether an activation unknown to Darknet becomes relu, as in Darknet, instead of an error.
        limits: resource limits for reading the cfg.
        resize: how pictures are resized, stored in the metadata instead of what the cfg says: "stretch" (or
            "darkcsp"), "letter_box", "wongkinyiu" or "opencv", see `Resize`.

    Raises:
        ArgumentError: a value is invalid.
    """

    head: HeadForm = "decoded"
    target: Target = "portable"
    batch: int | Dynamic | None = 1
    size: tuple[int, int] | Dynamic | None = None
    input: InputType = "float32"
    names: Sequence[str] = ()
    precision: Precision = "fp32"
    taps: Collection[int] | Literal["all"] = ()
    threshold: float = Suppression().threshold
    nms: float = Suppression().nms
    max_detections: int = Suppression().max_detections
    agnostic: bool = False
    one_class_per_box: bool = False
    without: Collection[str] = ()
    strict: bool = False
    semantics: Semantics = DEFAULT_SEMANTICS
    dialect: Dialect = "auto"
    permissive: bool = False
    limits: Limits = DEFAULT_LIMITS
    resize: ResizeName | None = None

    def __post_init__(self) -> None:
        for name, known in (
            ("head", HEAD_FORMS),
            ("target", tuple(TARGETS)),
            ("input", INPUT_TYPES),
            ("precision", PRECISIONS),
            ("semantics", SEMANTICS),
            ("dialect", DIALECTS),
            ("resize", (*RESIZE_NAMES, None)),
        ):
            if getattr(self, name) not in known:
                raise ArgumentError(name, getattr(self, name), f"one of {', '.join(map(str, known))}")
        batch: object = self.batch
        if batch not in (None, DYNAMIC) and not (isinstance(batch, int) and batch >= 1):
            raise ArgumentError("batch", self.batch, "1 or more, or 'dynamic' for any number of pictures")
        if isinstance(self.size, str) and self.size != DYNAMIC:
            raise ArgumentError("size", self.size, "(width, height), or 'dynamic' for pictures of any size")
        if self.open_size and not TARGETS[self.target].takes_any_size:
            others = ", ".join(name for name, info in TARGETS.items() if info.takes_any_size)
            message = f"size='dynamic': {TARGETS[self.target].about} needs a size; give one, or a target of {others}"
            raise ArgumentError("target", self.target, f"one of {others}", message)
        _ = self.suppression  # which checks it
        values = {
            "names": checked_names(self.names),
            "taps": self.taps if self.taps == "all" else tuple(sorted({int(index) for index in self.taps})),
            "without": tuple(dict.fromkeys([self.without] if isinstance(self.without, str) else self.without)),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def pictures(self) -> int | None:
        """Pictures per run; None for any number."""
        return None if self.batch == DYNAMIC else self.batch

    @property
    def open_size(self) -> bool:
        """Whether the model takes pictures of any size."""
        return self.size == DYNAMIC

    @property
    def dynamic(self) -> tuple[Dimension, ...]:
        """What the model leaves open."""
        is_open = {"batch": self.pictures is None, "size": self.open_size}
        return tuple(name for name in DIMENSIONS if is_open[name])

    @property
    def reading(self) -> CfgReading:
        """How the cfg is read."""
        reading = CfgReading(*(getattr(self, name) for name in CfgReading._fields))
        return reading._replace(size=None) if self.open_size else reading

    def resize_for(self, net: Net) -> Resize:
        """How pictures are resized for a network."""
        return net.resize if self.resize is None else RESIZE_NAMES[self.resize]

    @property
    def suppression(self) -> Suppression:
        """What head "nms" keeps."""
        return Suppression(*(getattr(self, name) for name in Suppression._fields)).checked()


class ExportChanges(TypedDict, total=False):
    """`ExportOptions` as keyword arguments."""

    head: HeadForm
    target: Target
    batch: int | Dynamic | None
    size: tuple[int, int] | Dynamic | None
    input: InputType
    names: Sequence[str]
    precision: Precision
    taps: Collection[int] | Literal["all"]
    threshold: float
    nms: float
    max_detections: int
    agnostic: bool
    one_class_per_box: bool
    without: Collection[str]
    strict: bool
    semantics: Semantics
    dialect: Dialect
    permissive: bool
    limits: Limits
    resize: ResizeName | None


def default_path(weights: str | os.PathLike[str], precision: Precision = "fp32") -> str:
    """Return the default path of a model: the weights' path with the suffix `.onnx`, or `.fp16.onnx` and the like."""
    return os.path.splitext(weights)[0] + (".onnx" if precision == "fp32" else f".{precision}.onnx")


def export_options(options: ExportOptions | None, **changes: Unpack[ExportChanges]) -> ExportOptions:
    """Return options, the defaults if None, with changes.

    Raises ArgumentError for an invalid value, TypeError for an unknown option name.
    """
    unknown = sorted(set(changes) - {field.name for field in dataclasses.fields(ExportOptions)})
    if unknown:
        raise TypeError(
            f"{unknown[0]!r} is not an export option; expected one of {', '.join(ExportChanges.__annotations__)}"
        )
    return dataclasses.replace(options or ExportOptions(), **changes)
