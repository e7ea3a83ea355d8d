from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

import darkcsp
from darkcsp.errors import ArgumentError, LimitError, Place
from darkcsp.limits import NO_LIMITS, LimitName, Limits
from tests.modules import HAS_TORCH
from tests.networks import DETECTOR, write_files


def test_the_error_names_limit_value_finding_and_remedy() -> None:
    place = Place("x.cfg", 3, "yolo")
    with pytest.raises(LimitError) as caught:
        Limits(items=5).check("items", 1000, place, "num=1000:")
    assert str(caught.value) == (
        "x.cfg:3: [yolo] num=1000: 1,000 items; at most 5 are allowed. "
        "Raise the limit with Limits(items=...) or --no-limits"
    )
    error = caught.value
    assert (error.place, error.limit, error.found, error.most) == (place, "items", 1000, 5)
    assert isinstance(error, darkcsp.LimitError) and isinstance(error, darkcsp.DarkcspError)


@pytest.mark.parametrize("name", get_args(LimitName))
def test_each_limit_is_inclusive_and_can_be_lifted(name: LimitName) -> None:
    limits = dataclasses.replace(Limits(), **{name: 7})
    limits.check(name, 7, Place("x"))
    with pytest.raises(LimitError, match=rf"x: 8 \w.*Limits\({name}="):
        limits.check(name, 8, Place("x"))
    NO_LIMITS.check(name, 10**30, Place("x"))


def test_every_field_is_a_limit() -> None:
    fields = {field.name for field in dataclasses.fields(Limits)}
    assert fields - {"seconds"} == set(get_args(LimitName))
    assert set(dataclasses.asdict(NO_LIMITS).values()) == {None}
    assert darkcsp.Limits is Limits


@pytest.mark.parametrize("value", [-1, "many", float("nan")])
def test_a_limit_is_a_number_or_none(value: object) -> None:
    with pytest.raises(ArgumentError, match=r"items=.*: expected a number >= 0, or None for no limit"):
        Limits(items=value)  # type: ignore[arg-type]


def test_every_function_that_reads_a_cfg_takes_limits(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    low = Limits(window=2)  # the convolutions have size=3
    calls: dict[str, Callable[[Limits], object]] = {
        "build_graph": lambda limits: darkcsp.build_graph(cfg, limits=limits),
        "convert": lambda limits: darkcsp.convert(cfg, weights, limits=limits),
        "open_runtime": lambda limits: darkcsp.runtimes.open_runtime(cfg=cfg, weights=weights, limits=limits),
        "Detector": lambda limits: darkcsp.Detector(cfg=cfg, weights=weights, limits=limits),
        "Classifier": lambda limits: darkcsp.Classifier(cfg=cfg, weights=weights, limits=limits),
        "convert_precision": lambda limits: darkcsp.precision.convert_precision(
            cfg, weights, precision="fp16", limits=limits
        ),
    }
    if HAS_TORCH:
        calls["load"] = lambda limits: darkcsp.load(cfg, weights, limits=limits)
    for call in calls.values():
        with pytest.raises(LimitError, match=r"x\.cfg:9: \[convolutional\] size=3: 3 .*; at most 2"):
            call(low)
    assert darkcsp.build_graph(cfg, limits=NO_LIMITS).limits is NO_LIMITS


def test_limits_come_too_late_for_a_graph(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    graph = darkcsp.build_graph(cfg)
    arrays = darkcsp.read_weights(weights, graph)
    with pytest.raises(ArgumentError, match=r"limits=.* is an argument of darkcsp\.build_graph"):
        darkcsp.build_onnx(graph, arrays, limits=NO_LIMITS)
