"""What a model says of itself: how to prepare pictures and how to read what comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from darkcsp.errors import ModelError
from darkcsp.graph.graph import Graph
from darkcsp.spec.shape import Shape

Kind = Literal["detector", "classifier"]
Pixels = Literal["float32", "uint8"]
PREFIX = "darkcsp."
COMPARING_IN_0_1 = ("yolo", "gaussian_yolo")
"""Types of heads of which files of darkcsp 0.1 do not say that they compare objectness."""


@dataclass(frozen=True)
class HeadInfo:
    """One detection head.

    Attributes:
        type: section name: "yolo", "region", ...
        classes: number of classes.
        nms_kind: suppression that the cfg asks for: "default", "greedynms", "diounms".
        nms_beta: exponent of diounms.
        tree: whether classes form a tree.
        compares_objectness: whether a box counts only where its objectness, as its score, is above the threshold.
    """

    type: str
    classes: int
    nms_kind: str = "default"
    nms_beta: float = 0.6
    tree: bool = False
    compares_objectness: bool = False


@dataclass(frozen=True)
class SuppressionInfo:
    """What the final boxes of a model are: of a confidence above `threshold`, none overlapping by more than `nms`."""

    threshold: float
    nms: float


@dataclass(frozen=True)
class Metadata:
    """What a model says of itself.

    Attributes:
        kind: "detector" where there are detection heads, else "classifier".
        head: form of the output: "decoded", "raw", "opencv4" or "nms".
        input: shape of one picture.
        letter_box: whether pictures keep their proportions, with grey bars, instead of being stretched.
        heads: the detection heads in the cfg's order.
        names: class names, () where the model has none.
        parents: for a classifier over a tree of classes, each class's parent, -1 at the top (see Tree); else ().
        pixels: what the model takes: "float32", (N, c, h, w), RGB, 0..1; "uint8", (N, h, w, c), BGR, 0..255.
        suppression: what head "nms" leaves; None for other forms.
    """

    kind: Kind
    head: str
    input: Shape
    letter_box: bool = False
    heads: tuple[HeadInfo, ...] = ()
    names: tuple[str, ...] = ()
    parents: tuple[int, ...] = ()
    pixels: Pixels = "float32"
    suppression: SuppressionInfo | None = None

    @classmethod
    def from_graph(cls, graph: Graph, head: str, names: Sequence[str] = ()) -> Metadata:
        """Describe a graph whose output has the form `head`."""
        heads = tuple(
            HeadInfo(spec.type, spec.classes, *spec.nms, spec.has_tree, spec.compares_objectness)
            for spec in graph.heads
        )
        kind: Kind = "detector" if heads else "classifier"
        return cls(kind, head, graph.input, graph.net.letter_box, heads, tuple(names), graph.output.parents)

    @classmethod
    def from_properties(cls, properties: Mapping[str, str], path: str) -> Metadata:
        """Read the properties that darkcsp writes into a model file.

        Raises ModelError where there are none, or where they make no sense.
        """
        found = {key.removeprefix(PREFIX): value for key, value in properties.items() if key.startswith(PREFIX)}
        if not found:
            raise ModelError(f"{path}: was not written by darkcsp; make it from cfg and weights with 'darkcsp convert'")
        try:
            return _parse(found)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            version = found.get("version", "?")
            raise ModelError(
                f"{path}: the metadata that darkcsp {version} wrote cannot be read ({type(error).__name__}: {error}); "
                "make the file again with 'darkcsp convert'"
            ) from None


def _parse(found: Mapping[str, str]) -> Metadata:
    shape = json.loads(found["input"])
    if found["kind"] not in ("detector", "classifier"):
        raise ValueError(f"kind {found['kind']!r}")
    kind: Kind = "detector" if found["kind"] == "detector" else "classifier"
    return Metadata(
        kind=kind,
        head=found["head"],
        input=Shape(int(shape["channels"]), int(shape["height"]), int(shape["width"])),
        letter_box=bool(json.loads(found["letter_box"])),
        heads=tuple(_head(item) for item in json.loads(found["heads"])),
        names=tuple(str(name) for name in json.loads(found["names"])),
        parents=_parents(json.loads(found.get("parents", "[]"))),
        pixels=_pixels(found.get("input_type", "float32")),
        suppression=_suppression(found.get("suppression")),
    )


def _pixels(name: str) -> Pixels:
    if name not in ("float32", "uint8"):
        raise ValueError(f"input_type {name!r}")
    return "uint8" if name == "uint8" else "float32"


def _suppression(text: str | None) -> SuppressionInfo | None:
    if text is None:
        return None
    values = json.loads(text)
    return SuppressionInfo(float(values["threshold"]), float(values["nms"]))


def _parents(values: Sequence[object]) -> tuple[int, ...]:
    parents = tuple(int(str(value)) for value in values)
    if any(not -1 <= parent < number for number, parent in enumerate(parents)):
        raise ValueError("a class of the tree stands above its parent")
    return parents


def _head(item: Mapping[str, object]) -> HeadInfo:
    nms = item["nms"]
    if not isinstance(nms, dict):
        raise TypeError("nms is no object")
    return HeadInfo(
        str(item["type"]),
        int(str(item["classes"])),
        str(nms["kind"]),
        float(nms["beta"]),
        bool(item.get("tree")),
        bool(item["compares_objectness"]) if "compares_objectness" in item else _compared_objectness(item),
    )


def _compared_objectness(item: Mapping[str, object]) -> bool:
    """Tell whether a head in a file of darkcsp 0.1, which says only its type, compares objectness."""
    return bool(item.get("tree")) or str(item["type"]).lower() in COMPARING_IN_0_1
