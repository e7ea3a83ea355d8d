"""What a model can be asked to be, and the messages for what it cannot."""

from __future__ import annotations

import dataclasses
import typing

import numpy as np
import pytest

from darkcsp.errors import ArgumentError
from darkcsp.modelfile import TARGETS
from darkcsp.modelfile.options import ExportChanges, ExportOptions, Suppression, export_options


def test_keywords_are_the_fields() -> None:
    fields = {field.name: field.type for field in dataclasses.fields(ExportOptions)}
    keywords = typing.get_type_hints(ExportChanges)
    assert {name: str(hint) for name, hint in keywords.items()} == {
        name: str(hint) for name, hint in typing.get_type_hints(ExportOptions).items()
    }
    assert set(fields) == set(keywords)


def test_changes_are_made_to_the_options_or_to_the_defaults() -> None:
    assert export_options(None) == ExportOptions()
    wanted = export_options(ExportOptions(head="raw", batch=2), batch=None)
    assert (wanted.head, wanted.batch) == ("raw", None)


def test_lists_are_kept_as_they_cannot_be_changed() -> None:
    names = ["cat", "dog"]
    options = ExportOptions(names=names, taps=[5, 1, 5], without=["fold-batchnorm", "fold-batchnorm"])
    names.clear()
    assert (options.names, options.taps, options.without) == (("cat", "dog"), (1, 5), ("fold-batchnorm",))
    assert ExportOptions(without="all").without == ("all",)
    assert ExportOptions(taps="all").taps == "all"
    assert hash(options) == hash(dataclasses.replace(options))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("head", "boxes", "head='boxes': expected one of decoded, raw, opencv4, nms"),
        ("target", "cuda", f"target='cuda': expected one of {', '.join(TARGETS)}"),
        ("input", "int8", "input='int8': expected one of float32, uint8"),
        ("precision", "fp8", "precision='fp8': expected one of fp32, fp16, int8"),
        ("semantics", "gpu", "semantics='gpu': expected one of trained, cpu"),
        ("batch", 0, "batch=0: expected 1 or more, or 'dynamic' for any number of pictures"),
        ("threshold", 1.5, "threshold=1.5: expected a number from 0 to 1"),
        ("nms", float("nan"), "nms=nan: expected a number from 0 to 1"),
        ("max_detections", -1, "max_detections=-1: expected 1 or more, or 0 for all"),
    ],
)
def test_what_is_not_possible_is_refused(name: str, value: object, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        ExportOptions(**{name: value})  # type: ignore[arg-type]
    assert str(caught.value) == message
    assert (caught.value.argument, caught.value.expected) == (name, message.partition("expected ")[2])


def test_a_name_that_is_no_option_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="'heads' is not an export option; expected one of head, target, batch, "):
        export_options(None, heads="raw")  # type: ignore[call-arg]


def test_suppression_is_several_of_the_options() -> None:
    assert ExportOptions().suppression == Suppression()
    options = ExportOptions(max_detections=np.int64(7), agnostic=True, one_class_per_box=True)  # type: ignore[arg-type]
    assert options.suppression == Suppression(0.25, 0.45, 7, True, True)
    assert type(options.suppression.max_detections) is int
    assert ExportOptions(threshold=0.1, nms=0).suppression == Suppression(0.1, 0)
