"""Everything that an ONNX file can be asked to be, in one place."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypedDict, Unpack

from darkcsp.errors import ArgumentError
from darkcsp.graph.reading import CfgReading
from darkcsp.limits import DEFAULT_LIMITS, Limits
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
from darkcsp.spec.net import RESIZES, Resize
from darkcsp.spec.program import DEFAULT_SEMANTICS, DIALECTS, SEMANTICS, Dialect, Semantics

Dynamic = Literal["dynamic"]
DYNAMIC: Dynamic = "dynamic"
"""In the place of a number of pictures or of a size: the model takes any."""

EVERY_PASS = "all"
"""Leaves out every optimisation."""


class Suppression(NamedTuple):
    """What the final boxes of a model are.

    Attributes:
        threshold: confidence above which a box counts, 0..1.
        nms: overlap above which the less certain of two boxes of a class is dropped, 0..1; 0 keeps all.
    """

    threshold: float = 0.25
    nms: float = 0.45


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """How a network is written as an ONNX model.

    Attributes:
        head: form of the output: "decoded", "raw", "opencv4" or "nms", see `HeadForm`.
        target: what the model is written for: "portable", or an engine, see `TARGETS`.
        batch: pictures per run; "dynamic", or None, for any number.
        size: (width, height) in place of the cfg's own; "dynamic" for pictures of any size at which the network's
            layers fit together, as a rule multiples of its largest stride. OpenCV runs that with the new engine of
            OpenCV 5 only.
        input: "float32" or "uint8", see `InputType`.
        names: class names for the metadata.
        precision: "fp32", "fp16" or "int8"; the last two are written by `darkcsp.precision.convert_precision`.
        taps: layers, or "all", whose outputs are added as `layer_012`.
        threshold: confidence above which a box counts, 0..1; for head "nms".
        nms: overlap above which the less certain of two boxes of a class is dropped, 0..1; 0 keeps all; likewise.
        without: names of optimisations to leave out, see `darkcsp.to_onnx.passes`; "all" leaves out every one.
        strict: whether what Darknet silently ignores or replaces is an error, in the cfg and in the weights.
        semantics: "trained" or "cpu": what the cfg's layers compute, see `Semantics`.
        dialect: whose program the cfg is written for, see `build_graph`.
        permissive: whether an activation that Darknet does not know is relu, as in Darknet, and no error.
        limits: how much the cfg may ask for.
        resize: how pictures become the network's size, for the metadata, in place of what the cfg says: "stretch",
            "letter_box" or "wongkinyiu", see `Resize`.

    Raises:
        ArgumentError: a value is none of those that are possible.
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
    without: Collection[str] = ()
    strict: bool = False
    semantics: Semantics = DEFAULT_SEMANTICS
    dialect: Dialect = "auto"
    permissive: bool = False
    limits: Limits = DEFAULT_LIMITS
    resize: Resize | None = None

    def __post_init__(self) -> None:
        for name, known in (
            ("head", HEAD_FORMS),
            ("target", tuple(TARGETS)),
            ("input", INPUT_TYPES),
            ("precision", PRECISIONS),
            ("semantics", SEMANTICS),
            ("dialect", DIALECTS),
            ("resize", (*RESIZES, None)),
        ):
            if getattr(self, name) not in known:
                raise ArgumentError(name, getattr(self, name), f"one of {', '.join(map(str, known))}")
        batch: object = self.batch
        if batch not in (None, DYNAMIC) and not (isinstance(batch, int) and batch >= 1):
            raise ArgumentError("batch", self.batch, "a number from 1 up, or 'dynamic' for any number of pictures")
        if isinstance(self.size, str) and self.size != DYNAMIC:
            raise ArgumentError("size", self.size, "(width, height), or 'dynamic' for pictures of any size")
        if self.open_size and not TARGETS[self.target].takes_any_size:
            others = ", ".join(name for name, info in TARGETS.items() if info.takes_any_size)
            message = f"size='dynamic': {TARGETS[self.target].about} needs a size; give one, or a target of {others}"
            raise ArgumentError("target", self.target, f"one of {others}", message)
        for name in ("threshold", "nms"):
            if not 0 <= getattr(self, name) <= 1:
                raise ArgumentError(name, getattr(self, name), "a number from 0 to 1")
        values = {
            "names": tuple(self.names),
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

    @property
    def suppression(self) -> Suppression:
        """What head "nms" keeps."""
        return Suppression(self.threshold, self.nms)


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
    without: Collection[str]
    strict: bool
    semantics: Semantics
    dialect: Dialect
    permissive: bool
    limits: Limits
    resize: Resize | None


def default_path(weights: str | os.PathLike[str], precision: Precision = "fp32") -> str:
    """Return where a model is written if nothing else is said: the weights' path with `.onnx` or `.fp16.onnx`, say."""
    return os.path.splitext(weights)[0] + (".onnx" if precision == "fp32" else f".{precision}.onnx")


def export_options(options: ExportOptions | None, **changes: Unpack[ExportChanges]) -> ExportOptions:
    """Return options with changes, the defaults where there are none.

    Raises ArgumentError for a value that is not possible, TypeError for a name that is no option.
    """
    unknown = sorted(set(changes) - {field.name for field in dataclasses.fields(ExportOptions)})
    if unknown:
        raise TypeError(f"{unknown[0]!r} is not an export option; there are {', '.join(ExportChanges.__annotations__)}")
    return dataclasses.replace(options or ExportOptions(), **changes)
