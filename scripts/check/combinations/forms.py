"""The forms of a network: what `darkcsp convert` can write of it, and cfg and weights themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from darkcsp.errors import DarkcspError
from darkcsp.modelfile.forms import HEAD_FORMS, INPUT_TYPES, PRECISIONS, HeadForm, InputType, Precision
from darkcsp.modelfile.targets import TARGETS, Target
from darkcsp.precision import DetectorCost, convert_precision
from darkcsp.to_onnx import convert
from scripts.places import ROOT


@dataclass(frozen=True)
class Checkpoint:
    """A trained detector, and pictures with what it finds."""

    cfg: Path
    weights: Path
    pictures: tuple[Path, ...]

    def arguments(self, head: HeadForm) -> dict[str, Any]:
        """Return the arguments of `open_runtime` for cfg and weights as they are."""
        return {"cfg": str(self.cfg), "weights": str(self.weights), "head": head}


DIGITS = Checkpoint(
    ROOT / "cfgs" / "digits.cfg", ROOT / "weights" / "digits.weights", tuple(sorted((ROOT / "examples").glob("*.jpg")))
)
"""The default model."""


class Form(NamedTuple):
    """One form; target None is cfg and weights as they are."""

    precision: Precision
    target: Target | None
    head: HeadForm
    input: InputType = "float32"


EVERY_FORM = (
    *(Form("fp32", None, head) for head in HEAD_FORMS),
    *(Form(*form) for form in product(PRECISIONS, TARGETS, HEAD_FORMS, INPUT_TYPES)),
)


@dataclass(frozen=True)
class Written:
    """A form that can be opened.

    Attributes:
        form: which.
        arguments: keyword arguments of `open_runtime`, JSON values.
        promised: what the conversion says that it costs on the pictures; None where it says nothing.
        refusal: why it cannot be written, "" where it is.
    """

    form: Form
    arguments: dict[str, Any]
    promised: DetectorCost | None = None
    refusal: str = ""


def write_forms(checkpoint: Checkpoint, forms: Iterable[Form], folder: Path) -> list[Written]:
    """Write ONNX files into a folder."""
    return [_write(checkpoint, form, folder) for form in forms]


def _write(checkpoint: Checkpoint, form: Form, folder: Path) -> Written:
    files = checkpoint.cfg, checkpoint.weights
    if form.target is None:
        return Written(form, checkpoint.arguments(form.head))
    path = folder / f"{'-'.join(map(str, form))}.onnx"
    arguments, promised = {"model": str(path)}, None
    try:
        if form.precision == "fp32":
            convert(*files, path, head=form.head, target=form.target, input=form.input)
        else:
            pictures: Sequence[Path] = checkpoint.pictures if form.precision == "int8" else ()
            report = convert_precision(
                *files, path, calibration=pictures, precision=form.precision, head=form.head, target=form.target,
                input=form.input,
            )  # fmt: skip
            promised = report.cost if isinstance(report.cost, DetectorCost) else None
    except DarkcspError as error:
        return Written(form, arguments, refusal=str(error))
    return Written(form, arguments, promised)
