"""Errors carry their facts as fields, beside the sentence that people read."""

from __future__ import annotations

from pathlib import Path

import pytest

import darkcsp
from darkcsp import errors
from darkcsp.errors import ArgumentError, DarkcspError, FileError, ModelError, Place, WeightsSizeError
from tests.networks import DETECTOR, graph_of, weights_bytes, write_files


def test_every_error_is_in_the_tree_that_the_module_draws() -> None:
    drawn = errors.__doc__ or ""
    classes = [
        item for item in vars(errors).values() if isinstance(item, type) and issubclass(item, Warning | DarkcspError)
    ]
    assert len(classes) > 10
    for item in classes:
        assert f" {item.__name__} " in f"{drawn} ".replace("\n", " "), item


def test_a_file_error_begins_with_the_file() -> None:
    error = ModelError(Path("x.onnx"), "is empty")
    assert (error.path, error.message, str(error)) == ("x.onnx", "is empty", "x.onnx: is empty")
    assert str(FileError("", "no picture could be read")) == "no picture could be read"


@pytest.mark.parametrize("change", [-4, 8])
def test_sizes_of_a_weights_file(change: int, tmp_path: Path) -> None:
    graph = graph_of(DETECTOR)
    whole = weights_bytes(graph)
    path = tmp_path / "x.weights"
    path.write_bytes(whole[:change] if change < 0 else whole + bytes(change))
    with pytest.raises(WeightsSizeError) as caught:
        darkcsp.read_weights(path, graph)
    error = caught.value
    assert (error.path, error.expected, error.found) == (str(path), len(whole), len(whole) + change)
    last = max(spec.index for spec in graph.layers if spec.stored)
    assert error.layer == (last if change < 0 else None)


def test_a_wrong_argument_is_a_value_error_too(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="head='boxes': expected one of") as caught:
        darkcsp.convert(*write_files(tmp_path, DETECTOR), head="boxes")  # type: ignore[arg-type]
    assert isinstance(caught.value, ArgumentError)
    assert (caught.value.argument, caught.value.value) == ("head", "boxes")


def test_places_and_backends() -> None:
    place = Place("x.cfg", 3, "yolo")
    unsupported = errors.UnsupportedLayerError(place, "ONNX", "it has no form")
    assert (unsupported.place, unsupported.backend, unsupported.reason) == (place, "ONNX", "it has no form")
    missing = errors.MissingBackendError("openvino", "'darkcsp[openvino]'")
    assert (missing.backend, missing.package) == ("openvino", "'darkcsp[openvino]'")
    assert errors.CfgError(place, "is odd").message == "is odd"
