"""What a model says of itself in its properties: how to prepare pictures and how to read what comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from darkcsp.errors import ModelError
from darkcsp.graph.graph import Graph
from darkcsp.json_text import json_text
from darkcsp.modelfile.forms import INPUT_TYPES, PRECISIONS, InputType, Precision
from darkcsp.modelfile.options import ExportOptions, Suppression
from darkcsp.spec import Shape
from darkcsp.spec.head import LIMITS, Head
from darkcsp.spec.net import RESIZES, Resize
from darkcsp.spec.program import AUTHORS, DEFAULT, SEMANTICS, Program
from darkcsp.version import __version__

Kind = Literal["detector", "classifier"]
Name = TypeVar("Name", bound=str)
PREFIX = "darkcsp."
IN_0_1 = Program("AlexeyAB", "cpu")
"""What files of darkcsp 0.1 follow, which say nothing of it."""

COMPARING_IN_0_1 = ("yolo", "gaussian_yolo")
"""Types of heads of which files of darkcsp 0.1 do not say that they compare objectness."""


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

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> HeadInfo:
        """Read what `to_json` gives. Raises KeyError, TypeError or ValueError where it makes no sense."""
        nms = item["nms"]
        known = ("layer", "type", "classes", "compares_objectness", "nms")
        details = {key: value for key, value in item.items() if key not in known}
        return cls(
            str(item["type"]),
            int(item["classes"]),
            str(nms["kind"]),
            float(nms["beta"]),
            bool(item.get("tree")),
            bool(item["compares_objectness"]) if "compares_objectness" in item else _compared_objectness(item),
            (float(nms.get("threshold", LIMITS[0])), float(nms.get("overlap", LIMITS[1]))),
            int(item.get("layer", -1)),
            details,
        )

    def to_json(self) -> dict[str, object]:
        """Return it as JSON values."""
        nms: dict[str, object] = {"kind": self.nms_kind, "beta": self.nms_beta}
        if self.limits != LIMITS:
            nms |= {"threshold": self.limits[0], "overlap": self.limits[1]}
        own = {"layer": self.layer, "type": self.type, "classes": self.classes}
        return {**own, "compares_objectness": self.compares_objectness, "nms": nms, **self.details}


def _compared_objectness(item: Mapping[str, Any]) -> bool:
    """Tell whether a head in a file of darkcsp 0.1, which says only its type, compares objectness."""
    return bool(item.get("tree")) or str(item["type"]).lower() in COMPARING_IN_0_1


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
        precision: what layers are calculated in, or stored as.
        calibration: how an int8 model was calibrated; None for others.
        version: of the darkcsp that wrote it.
        cfg_sha256: hex digest of the cfg.
        program: whose rules the cfg was read by, and what its layers compute.
    """

    kind: Kind
    head: str
    input: Shape
    resize: Resize = "stretch"
    heads: tuple[HeadInfo, ...] = ()
    names: tuple[str, ...] = ()
    parents: tuple[int, ...] = ()
    pixels: InputType = "float32"
    suppression: Suppression | None = None
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
            cfg_sha256=graph.cfg.sha256,
            program=graph.program,
        )

    def to_properties(self) -> dict[str, str]:
        """Return the properties of a model file, which `from_properties` reads."""
        c, h, w = self.input
        values: dict[str, object] = {
            "version": self.version,
            "cfg_sha256": self.cfg_sha256,
            "author": self.program.author,
            "semantics": self.program.semantics,
            "head": self.head,
            "kind": self.kind,
            "input": {"channels": c, "height": h, "width": w},
            "letter_box": self.resize == "letter_box",
            "heads": [head.to_json() for head in self.heads],
            "names": list(self.names),
        }
        if self.resize not in ("stretch", "letter_box"):
            values["resize"] = self.resize
        if self.pixels != "float32":
            values["input_type"] = self.pixels
        if self.suppression is not None:
            values["suppression"] = self.suppression._asdict()
        if self.parents:
            values["parents"] = self.parents
        if self.precision != "fp32":
            values["precision"] = self.precision
        if self.calibration is not None:
            values["calibration"] = {"method": self.calibration.method, "pictures": self.calibration.pictures}
        return {
            f"{PREFIX}{key}": value if isinstance(value, str) else json_text(value) for key, value in values.items()
        }

    @classmethod
    def from_properties(cls, properties: Mapping[str, str], path: str) -> Metadata:
        """Read the properties that darkcsp writes into a model file.

        Raises ModelError where there are none, or where they make no sense.
        """
        found = {key.removeprefix(PREFIX): value for key, value in properties.items() if key.startswith(PREFIX)}
        if not found:
            raise ModelError(path, "was not written by darkcsp; make it from cfg and weights with 'darkcsp convert'")
        try:
            return _parse(found)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            version = found.get("version", "?")
            raise ModelError(
                path,
                f"the metadata that darkcsp {version} wrote cannot be read ({type(error).__name__}: {error}); "
                "make the file again with 'darkcsp convert'",
            ) from None


def _parse(found: Mapping[str, str]) -> Metadata:
    shape = json.loads(found["input"])
    if found["kind"] not in ("detector", "classifier"):
        raise ValueError(f"kind {found['kind']!r}")
    suppression, calibration = (json.loads(found.get(key, "null")) for key in ("suppression", "calibration"))
    return Metadata(
        kind="detector" if found["kind"] == "detector" else "classifier",
        head=found["head"],
        input=Shape(int(shape["channels"]), int(shape["height"]), int(shape["width"])),
        resize=_one_of(RESIZES, found.get("resize", _darknets(found["letter_box"])), "resize"),
        heads=tuple(HeadInfo.from_json(item) for item in json.loads(found["heads"])),
        names=tuple(str(name) for name in json.loads(found["names"])),
        parents=_parents(json.loads(found.get("parents", "[]"))),
        pixels=_one_of(INPUT_TYPES, found.get("input_type", "float32"), "input_type"),
        suppression=suppression and Suppression(float(suppression["threshold"]), float(suppression["nms"])),
        precision=_one_of(PRECISIONS, found.get("precision", "fp32"), "precision"),
        calibration=calibration and Calibration(str(calibration["method"]), int(calibration["pictures"])),
        version=found.get("version", ""),
        cfg_sha256=found.get("cfg_sha256", ""),
        program=_program(found),
    )


def _program(found: Mapping[str, str]) -> Program:
    """Read the program; files of darkcsp 0.1 say nothing of it."""
    return Program(
        _one_of(AUTHORS, found.get("author", IN_0_1.author), "author"),
        _one_of(SEMANTICS, found.get("semantics", IN_0_1.semantics), "semantics"),
    )


def _darknets(letter_box: str) -> Resize:
    return "letter_box" if json.loads(letter_box) else "stretch"


def _one_of(known: Sequence[Name], name: str, key: str) -> Name:
    for item in known:
        if item == name:
            return item
    raise ValueError(f"{key} {name!r}")


def _parents(values: Sequence[object]) -> tuple[int, ...]:
    parents = tuple(int(str(value)) for value in values)
    if any(not -1 <= parent < number for number, parent in enumerate(parents)):
        raise ValueError("a class of the tree stands above its parent")
    return parents
