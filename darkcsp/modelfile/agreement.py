"""Checks the inputs and outputs of a file against its metadata, and the results of an engine against the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import NamedTuple

from darkcsp.errors import ModelError
from darkcsp.modelfile.forms import BOX_COLUMNS, FINAL_COLUMNS, InputType
from darkcsp.modelfile.metadata import HeadInfo, Metadata
from darkcsp.modelfile.names import is_next_state, is_tap, next_state_name
from darkcsp.modelfile.reading import FLOAT, UINT8, OnnxFile, Value

_ELEMENTS: dict[InputType, int] = {"float32": FLOAT, "uint8": UINT8}

Sides = tuple[int | None, ...]


def checked_metadata(model: OnnxFile) -> Metadata:
    """Return a file's metadata. Raises ModelError unless it is valid and matches the file."""
    metadata = Metadata.from_properties(model.properties, model.path)
    _check_input(model, metadata)
    _check_states(model)
    outputs = [item for item in model.outputs if not is_next_state(item.name) and not is_tap(item.name)]
    for item in model.outputs:
        if item.element != FLOAT:
            raise ModelError(model.path, f"output {item.name!r:.100} has element type {item.element}, not float32")
    _check_outputs(model.path, metadata, outputs)
    return metadata


def check_output(path: str, engine: str, declared: Value, found: tuple[int, ...], has_final_boxes: bool) -> None:
    """Raise ModelError unless an engine's output has the shape that the file declares.

    The batch may differ. Final boxes may have any number and any shape.
    """
    if has_final_boxes:
        fits = prod(found) % len(FINAL_COLUMNS) == 0
    else:
        sides = zip(declared.shape[1:], found[1:], strict=False)
        fits = len(declared.shape) == len(found) and all(side in (None, other) for side, other in sides)
    if not fits:
        raise ModelError(
            path, f"{engine} returns {declared.name!r:.100} with shape {found}, but the file declares {declared.shape}"
        )


def picture_shape(metadata: Metadata) -> tuple[int, int, int]:
    """Return the shape of one picture in the form that the model takes."""
    c, h, w = metadata.input
    return (c, h, w) if metadata.pixels == "float32" else (h, w, c)


def _check_input(model: OnnxFile, metadata: Metadata) -> None:
    images = model.inputs[0] if model.inputs else Value("", 0, ())
    shape: Sides = picture_shape(metadata)
    if "size" in metadata.dynamic:
        c = metadata.input.c
        shape = (c, None, None) if metadata.pixels == "float32" else (None, None, c)
    if (images.element, images.shape[1:], len(images.shape)) != (_ELEMENTS[metadata.pixels], shape, 4):
        raise ModelError(
            model.path,
            f"input {images.name!r:.100} has shape {images.shape}, expected {metadata.pixels} "
            f"(batch, {', '.join('any' if side is None else str(side) for side in shape)})",
        )


def _check_states(model: OnnxFile) -> None:
    """Raise ModelError for inputs after the pictures that are not states of recurrent layers."""
    given = {item.name: item for item in model.outputs}
    for state in model.inputs[1:]:
        after = given.get(next_state_name(state.name))
        if state.element != FLOAT or after is None or after.shape != state.shape or not state.shape:
            raise ModelError(model.path, f"input {state.name!r:.100} is not a recurrent state that an output updates")


def _check_outputs(path: str, metadata: Metadata, outputs: Sequence[Value]) -> None:
    """Raise ModelError for outputs that do not have the form given in the metadata."""
    expected = _expected(metadata)
    if not outputs or (metadata.kind == "detector" and len(outputs) != len(expected)):
        raise ModelError(path, f"has {len(outputs)} outputs for head {metadata.head!r}, expected {len(expected) or 1}")
    for item, form in zip(outputs, expected, strict=False):
        if not form.fits(item.shape):
            raise ModelError(path, f"output {item.name!r:.100} has shape {item.shape}, expected {form.words}")


class _Form(NamedTuple):
    """The expected shape of an output: a description, and a check."""

    words: str
    fits: Callable[[Sides], bool]


def _expected(metadata: Metadata) -> Sequence[_Form]:
    """Return the expected form of each output, as far as it is known."""
    if metadata.kind == "classifier":
        return [_of_classes(len(metadata.parents))] if metadata.parents else []
    if metadata.head == "raw":
        return [_raw(head, "size" in metadata.dynamic) for head in metadata.heads]
    if metadata.head == "nms":
        return [_rows("(n, {})", (2,), len(FINAL_COLUMNS))]
    columns = [BOX_COLUMNS + head.classes for head in metadata.heads]
    if metadata.head == "opencv4":
        return [_rows("(boxes, {0}) or (batch, boxes, {0})", (2, 3), count) for count in columns]
    return [_rows("(batch, boxes, {})", (3,), columns[-1])]


def _rows(words: str, ranks: Sequence[int], columns: int) -> _Form:
    return _Form(words.format(columns), lambda shape: len(shape) in ranks and shape[-1] == columns)


def _of_classes(classes: int) -> _Form:
    return _Form(f"(batch, {classes}), the classes of its tree", lambda shape: shape[1:2] == (classes,))


def _raw(head: HeadInfo, any_size: bool) -> _Form:
    """Return the form of a head's input; if the head has anchors, each cell has a box for every one."""
    least = BOX_COLUMNS + head.classes
    anchors = head.details.get("anchors")
    boxes = len(anchors) if isinstance(anchors, list) and anchors else 1

    def fits(shape: Sides) -> bool:
        sides = shape[1:2] if any_size else shape[1:]
        if len(shape) != 4 or None in sides:
            return False
        channels, *cells = (side or 1 for side in shape[1:])
        if boxes > 1:
            return channels % boxes == 0 and channels // boxes >= least
        return channels * prod(cells) >= least

    return _Form(f"(batch, c, h, w) with {boxes} x {least} channels or more", fits)
