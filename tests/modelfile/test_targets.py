"""Targets, and the engines that they are for."""

from __future__ import annotations

from typing import get_args

import pytest

from darkcsp.modelfile.targets import TARGETS, Target, target_for


def test_the_type_names_the_rows() -> None:
    assert get_args(Target) == tuple(TARGETS)


@pytest.mark.parametrize(
    ("backend", "engine", "target"),
    [
        ("opencv", "new", "opencv"),
        ("opencv", "classic", "opencv-classic"),
        ("opencv", "ort", "opencv"),
        ("opencv", "auto", "opencv"),
        ("onnxruntime", "default", "onnxruntime"),
        ("openvino", "bf16", "openvino"),
        ("torch", "eager", "portable"),
        ("tensorrt", "auto", "portable"),
    ],
)
def test_what_an_engine_is_written_for(backend: str, engine: str, target: Target) -> None:
    assert target_for(backend, engine) == target


def test_each_engine_is_found_by_its_own_target() -> None:
    for name, info in TARGETS.items():
        if name != "portable":
            assert target_for(info.backend, info.engine) == name
