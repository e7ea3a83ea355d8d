"""The folders of a layer's three forms mirror each other, and nothing is forgotten."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import darkcsp
import darkcsp.decode.registry as in_numpy
import darkcsp.to_onnx.registry as in_onnx
import darkcsp.to_torch.registry as in_torch
from darkcsp.layers import Spec, registered
from darkcsp.spec.activation_functions import EFFECTIVE
from darkcsp.spec.head import Head
from darkcsp.to_onnx.activation_functions import FUNCTIONS as ONNX_FUNCTIONS
from darkcsp.to_torch.activation_functions import FUNCTIONS as TORCH_FUNCTIONS
from darkcsp.to_torch.decoder import DECODERS as torch_decoders

PACKAGE = Path(darkcsp.__file__).parent
TESTS = Path(__file__).parent.parent


def _families(folder: str) -> set[str]:
    return {path.stem for path in (PACKAGE / folder).glob("*.py")} - {"__init__"}


def _concrete(base: type[Spec] = Spec) -> set[type[Spec]]:
    found = set()
    for spec in base.__subclasses__():
        found |= _concrete(spec)
        if not inspect.isabstract(spec) and spec.sections and spec.__module__.startswith("darkcsp."):
            found.add(spec)
    return found


@pytest.mark.parametrize("folder", ["to_torch", "to_onnx"])
def test_files_mirror(folder: str) -> None:
    assert _families(f"{folder}/layers") == _families("layers")


def test_every_file_is_a_layer_family() -> None:
    assert _families("layers") == {spec.__module__.rsplit(".", 1)[1] for spec in registered().values()}


def test_every_spec_has_a_form_in_each_backend() -> None:
    specs = _concrete()
    assert set(registered().values()) <= specs
    assert specs == in_torch.BUILDERS.specs
    assert specs == in_onnx.LOWERINGS.specs


def test_every_head_can_be_decoded() -> None:
    heads = {spec for spec in _concrete() if issubclass(spec, Head)}
    assert heads == in_onnx.DECODERS.specs
    assert heads == in_numpy.DECODERS.specs
    assert heads == torch_decoders.specs


def test_every_activation_has_a_form_in_each_backend() -> None:
    assert set(TORCH_FUNCTIONS) == EFFECTIVE
    assert set(ONNX_FUNCTIONS) == EFFECTIVE


def test_every_layer_has_tests_of_its_own() -> None:
    wanted = {f"test_{name}" for name in _families("layers")}
    assert wanted == {path.stem for path in (TESTS / "layers").glob("test_*.py")}


def test_section_names_lie_in_the_file_of_that_name() -> None:
    for section, spec in registered().items():
        assert section in spec.sections
        assert spec.__module__.rsplit(".", 1)[1] == spec.sections[0].lower(), spec
