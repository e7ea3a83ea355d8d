"""What an engine is known to get wrong is refused by name when it is opened, and what can run it is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from darkcsp.errors import ModelError
from darkcsp.modelfile import HeadForm, Precision, Target
from darkcsp.precision import convert_precision
from darkcsp.runtimes import BACKENDS, Metadata, engines_of, open_runtime
from darkcsp.runtimes.fitting import fit_engines
from darkcsp.spec.shape import Shape
from darkcsp.to_onnx import convert
from tests.networks import DETECTOR, write_files
from tests.precision.pictures import write_pictures

pytestmark = pytest.mark.skipif("new" not in engines_of("opencv"), reason="this OpenCV has one engine")

INT8 = "OpenCV's engine 'new' gives wrong results for int8 models; "
NMS = "OpenCV's engine 'classic' cannot run models that end in final boxes (--head nms); "
FP16 = "OpenCV 5's engine 'classic' cannot calculate in float16; "
ORT = "backend 'onnxruntime' (--backend onnxruntime)"

CASES: list[tuple[Precision, Target, HeadForm, str, str]] = [
    ("int8", "portable", "decoded", "new", f"{INT8}use engine 'classic' (--engine classic) or {ORT}"),
    ("int8", "openvino", "raw", "new", f"{INT8}use engine 'classic' (--engine classic) or {ORT}"),
    ("fp32", "opencv-classic", "nms", "classic", f"{NMS}use engine 'new' (--engine new) or {ORT}"),
    ("fp16", "onnxruntime", "decoded", "classic", f"{FP16}use engine 'new' (--engine new) or {ORT}"),
    ("int8", "opencv", "nms", "auto", f"{NMS}use {ORT}"),
]


def write(folder: Path, precision: Precision, target: Target, head: HeadForm) -> Path:
    cfg, weights = write_files(folder, DETECTOR)
    path = folder / f"{precision}.onnx"
    if precision == "fp32":
        return convert(cfg, weights, path, target=target, head=head)
    pictures = [write_pictures(folder / "p")]
    convert_precision(cfg, weights, path, calibration=pictures, precision=precision, target=target, head=head)
    return path


@pytest.mark.parametrize(("precision", "target", "head", "engine", "message"), CASES)
def test_what_is_wrong_is_refused_by_name(
    precision: Precision, target: Target, head: HeadForm, engine: str, message: str, tmp_path: Path
) -> None:
    path = write(tmp_path, precision, target, head)
    with pytest.raises(ModelError) as caught:
        open_runtime(path, engine=engine)
    assert str(caught.value) == f"{path}: {message}"
    assert open_runtime(path, backend="onnxruntime").name == "onnxruntime/default"


def test_the_next_engine_is_taken_without_measuring(tmp_path: Path) -> None:
    assert os.environ["DARKCSP_MEASURE"] == "0"
    assert open_runtime(write(tmp_path, "int8", "portable", "decoded")).name == "opencv/classic"
    assert open_runtime(write(tmp_path, "fp16", "onnxruntime", "decoded")).name == "opencv/new"
    assert open_runtime(write(tmp_path, "fp32", "opencv-classic", "nms")).name == "opencv/new"


def test_what_is_refused_is_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("DARKCSP_MEASURE")
    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))
    caplog.set_level("INFO", "darkcsp")
    assert open_runtime(write(tmp_path, "int8", "portable", "decoded"), engine="fastest").name == "opencv/classic"
    assert "; opencv/new is left out: OpenCV's engine 'new' gives wrong results for int8 models; " in caplog.text


def test_older_files_do_not_say_what_is_float16() -> None:
    metadata = Metadata("detector", "decoded", Shape(3, 8, 8), precision="fp16")
    assert fit_engines(metadata, BACKENDS["opencv"]) == list(engines_of("opencv"))
