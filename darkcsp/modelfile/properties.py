"""Converts a model's metadata to the properties of a file and back; every value is checked when it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from darkcsp.errors import ModelError
from darkcsp.modelfile import bounds, schema
from darkcsp.modelfile.forms import DIMENSIONS, HEAD_FORMS, INPUT_TYPES, PRECISIONS, Dimension
from darkcsp.modelfile.metadata import KINDS, Calibration, HeadInfo, Metadata
from darkcsp.modelfile.options import Suppression
from darkcsp.modelfile.schema import SchemaError
from darkcsp.modelfile.targets import FLOAT16, TARGETS
from darkcsp.spec import Shape
from darkcsp.spec.head import LIMITS
from darkcsp.spec.net import RESIZES, Resize
from darkcsp.spec.program import AUTHORS, SEMANTICS, Program

PREFIX = "darkcsp."
IN_0_1 = Program("AlexeyAB", "cpu")
"""The program of files from darkcsp 0.1, which do not name one."""

COMPARING_IN_0_1 = ("yolo", "gaussian_yolo")
"""Types of heads that compare objectness, which files from darkcsp 0.1 do not state."""


def to_properties(metadata: Metadata) -> dict[str, str]:
    """Return the properties of a model file, which `from_properties` reads.

    Raises ModelError if a number in them is not finite.
    """
    c, h, w = metadata.input
    values: dict[str, object] = {
        "version": metadata.version,
        "cfg_sha256": metadata.cfg_sha256,
        "author": metadata.program.author,
        "semantics": metadata.program.semantics,
        "head": metadata.head,
        "kind": metadata.kind,
        "input": {"channels": c, "height": h, "width": w},
        "letter_box": metadata.resize == "letter_box",
        "heads": [_head_values(head) for head in metadata.heads],
        "names": list(metadata.names),
    }
    if metadata.target != "portable":
        values["target"] = metadata.target
    if metadata.resize not in ("stretch", "letter_box"):
        values["resize"] = metadata.resize
    if metadata.pixels != "float32":
        values["input_type"] = metadata.pixels
    if metadata.suppression is not None:
        values["suppression"] = metadata.suppression._asdict()
    if metadata.parents:
        values["parents"] = metadata.parents
    if metadata.dynamic:
        values["dynamic"] = list(metadata.dynamic)
    if metadata.precision != "fp32":
        values["precision"] = metadata.precision
    if metadata.calibration is not None:
        values["calibration"] = {"method": metadata.calibration.method, "pictures": metadata.calibration.pictures}
    if metadata.float16 is not None:
        values["float16"] = metadata.float16
    return {f"{PREFIX}{key}": value if isinstance(value, str) else _json(value, key) for key, value in values.items()}


def _json(value: object, key: str) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        raise ModelError("", f"cannot store {key} in the metadata: it has a number that is not finite") from None


def from_properties(properties: Mapping[str, str], path: str) -> Metadata:
    """Read the properties that this version of darkcsp and earlier ones write to a model file.

    Raises ModelError if there are none, or if they are invalid.
    """
    found = {key.removeprefix(PREFIX): value for key, value in properties.items() if key.startswith(PREFIX)}
    if not found:
        raise ModelError(path, "was not written by darkcsp; convert the cfg and weights with 'darkcsp convert'")
    try:
        metadata = _metadata(found)
        _check(metadata)
    except SchemaError as error:
        version = found.get("version", "")
        writer = version if re.fullmatch(r"[0-9A-Za-z.+!-]{1,40}", version) else "?"
        raise ModelError(
            path,
            f"the metadata that darkcsp {writer} wrote cannot be read: {error}; convert the model again with "
            "'darkcsp convert'",
        ) from None
    return metadata


def _metadata(found: Mapping[str, str]) -> Metadata:
    def text(key: str, otherwise: str | None = None) -> str:
        return schema.label(found.get(key, otherwise) if otherwise is not None else _needed(found, key), key)

    return Metadata(
        kind=schema.one_of(text("kind"), "kind", KINDS),
        head=schema.one_of(text("head"), "head", HEAD_FORMS),
        input=_shape(schema.parsed(_needed(found, "input"), "input")),
        resize=_resize(found),
        heads=tuple(
            _head(item)
            for item in schema.items(schema.parsed(_needed(found, "heads"), "heads"), "heads", bounds.MOST_HEADS)
        ),
        names=_names(schema.parsed(_needed(found, "names"), "names", bounds.MOST_TEXT)),
        parents=_parents(schema.parsed(found.get("parents", "[]"), "parents", bounds.MOST_TEXT)),
        pixels=schema.one_of(text("input_type", "float32"), "input_type", INPUT_TYPES),
        suppression=_suppression(schema.parsed(found.get("suppression", "null"), "suppression")),
        dynamic=_dynamic(schema.parsed(found.get("dynamic", "[]"), "dynamic")),
        precision=schema.one_of(text("precision", "fp32"), "precision", PRECISIONS),
        calibration=_calibration(schema.parsed(found.get("calibration", "null"), "calibration")),
        float16=schema.one_of(text("float16"), "float16", FLOAT16) if "float16" in found else None,
        version=text("version", ""),
        cfg_sha256=text("cfg_sha256", ""),
        program=Program(
            schema.one_of(text("author", IN_0_1.author), "author", AUTHORS),
            schema.one_of(text("semantics", IN_0_1.semantics), "semantics", SEMANTICS),
        ),
        target=schema.one_of(text("target", "portable"), "target", tuple(TARGETS)),
    )


def _check(metadata: Metadata) -> None:
    """Raise SchemaError if parts of the metadata contradict each other."""
    if (metadata.kind == "detector") != bool(metadata.heads):
        raise SchemaError(f"kind is {metadata.kind!r}, but there are {len(metadata.heads)} heads")
    has_final_boxes = metadata.kind == "detector" and metadata.head == "nms"
    if has_final_boxes != (metadata.suppression is not None):
        raise SchemaError(
            f"head is {metadata.head!r}, which cannot be combined with suppression={metadata.suppression}"
        )


def _needed(found: Mapping[str, str], key: str) -> str:
    text: str = schema.member(found, key, "it")
    return text


def _shape(value: object) -> Shape:
    sides = schema.mapping(value, "input")
    shape = Shape(
        *(
            schema.whole(schema.member(sides, key, "input"), f"input's {key}", 1, bounds.MOST_VALUES)
            for key in ("channels", "height", "width")
        )
    )
    if shape.size > bounds.MOST_VALUES:
        raise SchemaError(f"input has {shape.size} values; at most {bounds.MOST_VALUES} are allowed")
    return shape


def _resize(found: Mapping[str, str]) -> Resize:
    if "resize" in found:
        return schema.one_of(schema.label(found["resize"], "resize"), "resize", RESIZES)
    boxed = schema.flag(schema.parsed(_needed(found, "letter_box"), "letter_box"), "letter_box")
    return "letter_box" if boxed else "stretch"


def _dynamic(value: object) -> tuple[Dimension, ...]:
    names = schema.items(value, "dynamic", len(DIMENSIONS))
    return tuple(schema.one_of(schema.label(name, "dynamic"), "dynamic", DIMENSIONS) for name in names)


def with_size(properties: Mapping[str, str], size: tuple[int, int]) -> dict[str, str]:
    """Return the properties of a model for pictures of any size as those of a model for one, (width, height)."""
    c = from_properties(properties, "").input.c
    return {**properties, f"{PREFIX}input": _json({"channels": c, "height": size[1], "width": size[0]}, "input")}


def _names(value: object) -> tuple[str, ...]:
    names = schema.items(value, "names", bounds.MOST_NAMES)
    return tuple(schema.label(name, f"name {number}") for number, name in enumerate(names))


def _parents(value: object) -> tuple[int, ...]:
    parents = schema.items(value, "parents", bounds.MOST_NAMES)
    return tuple(schema.whole(parent, f"parent of class {i}", -1, i - 1) for i, parent in enumerate(parents))


def _suppression(value: object) -> Suppression | None:
    if value is None:
        return None
    values = schema.mapping(value, "suppression")
    threshold, nms = (
        schema.number(schema.member(values, key, "suppression"), f"suppression's {key}", 0, 1)
        for key in ("threshold", "nms")
    )
    agnostic, one_class_per_box = (
        schema.flag(values.get(key, False), f"suppression's {key}") for key in ("agnostic", "one_class_per_box")
    )
    most = schema.whole(values.get("max_detections", 0), "suppression's max_detections", 0, 2**31)  # 0 in older files
    return Suppression(threshold, nms, most, agnostic, one_class_per_box)


def _calibration(value: object) -> Calibration | None:
    if value is None:
        return None
    values = schema.mapping(value, "calibration")
    return Calibration(
        schema.label(schema.member(values, "method", "calibration"), "calibration's method"),
        schema.whole(schema.member(values, "pictures", "calibration"), "calibration's pictures", 0, 2**63),
    )


def _head(value: object) -> HeadInfo:
    """Read the result of `_head_values`."""
    item = schema.mapping(value, "a head")
    nms = schema.mapping(schema.member(item, "nms", "a head"), "nms")
    details = {key: value for key, value in item.items() if key not in _HEAD_KEYS}
    schema.check_depth(details, "a head", bounds.MOST_DEPTH)
    type_ = schema.label(schema.member(item, "type", "a head"), "a head's type")
    compares = item.get("compares_objectness", bool(item.get("tree")) or type_.lower() in COMPARING_IN_0_1)
    return HeadInfo(
        type_,
        schema.whole(schema.member(item, "classes", "a head"), "classes", 0, bounds.MOST_NAMES),
        schema.label(schema.member(nms, "kind", "nms"), "nms' kind"),
        schema.number(schema.member(nms, "beta", "nms"), "nms' beta"),
        bool(item.get("tree")),
        schema.flag(compares, "compares_objectness"),
        (
            schema.number(nms.get("threshold", LIMITS[0]), "nms' threshold", 0, 1),
            schema.number(nms.get("overlap", LIMITS[1]), "nms' overlap", 0, 1),
        ),
        schema.whole(item.get("layer", -1), "layer", -1, 2**31),
        details,
    )


_HEAD_KEYS = ("layer", "type", "classes", "compares_objectness", "nms")


def _head_values(head: HeadInfo) -> dict[str, Any]:
    """Return a head as JSON values."""
    nms: dict[str, object] = {"kind": head.nms_kind, "beta": head.nms_beta}
    if head.limits != LIMITS:
        nms |= {"threshold": head.limits[0], "overlap": head.limits[1]}
    own: Sequence[object] = (head.layer, head.type, head.classes, head.compares_objectness, nms)
    return {**dict(zip(_HEAD_KEYS, own, strict=True)), **head.details}
