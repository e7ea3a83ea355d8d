"""Which ways to run a model there are."""

from __future__ import annotations

import pytest

from darkcsp.benchmark import contenders as module
from darkcsp.benchmark.contenders import Contender, contenders
from darkcsp.errors import ArgumentError
from darkcsp.runtimes import engines_of
from tests.modules import HAS_TORCH


def test_by_default_all_engines_of_all_that_is_installed() -> None:
    found = contenders()
    own = {way.engine for way in found if way.backend == "opencv"}
    assert own == set(engines_of("opencv"))
    assert Contender("onnxruntime", "default") in found
    assert (Contender("torch", "eager") in found) == HAS_TORCH and Contender("torch", "compile") not in found
    assert {way.precision for way in found} == {"fp32"}


def test_what_is_asked_for_is_combined() -> None:
    pytest.importorskip("torch")
    assert contenders(["onnxruntime", "torch"], ["compile", "default"]) == [
        Contender("onnxruntime", "default"),
        Contender("torch", "compile"),
    ]
    assert contenders(["torch", "onnxruntime"], ["auto"], ["fp32", "int8", "fp32"]) == [
        Contender("torch", "auto", "fp32"),
        Contender("torch", "auto", "int8"),
        Contender("onnxruntime", "auto", "fp32"),
        Contender("onnxruntime", "auto", "int8"),
    ]
    with pytest.raises(ArgumentError, match="engine 'fast': none of the backends has it; torch: eager, compile"):
        contenders(["torch"], ["fast"])


def test_what_is_not_installed_is_left_out_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr(module, "is_installed", lambda backend: backend == "torch")
    assert {way.backend for way in contenders()} == {"torch"}
    assert contenders(["openvino"]) == [Contender("openvino")]  # running it says what is missing
