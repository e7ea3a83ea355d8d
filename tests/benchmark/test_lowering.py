"""Models of lower precision, for those who run them."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from darkcsp.benchmark.contenders import Contender
from darkcsp.benchmark.lowering import lowered
from darkcsp.benchmark.models import Model, find_models
from darkcsp.benchmark.run import suitable
from darkcsp.errors import MediaError, ModelError
from darkcsp.graph.reading import CfgReading
from darkcsp.runtimes import open_runtime
from tests.networks import DETECTOR, write_files


@pytest.fixture
def model(tmp_path: Path) -> Model:
    cfg, weights = write_files(tmp_path, DETECTOR)
    (tmp_path / "made").mkdir()
    (found,) = find_models([str(cfg), str(weights)], tmp_path / "made", CfgReading((64, 64)))
    return found


def test_float32_is_the_model_itself(model: Model, tmp_path: Path) -> None:
    assert lowered(model, Contender("opencv", "new"), tmp_path) is model


@pytest.mark.parametrize(("precision", "sign"), [("fp16", "Cast"), ("int8", "QuantizeLinear")])
def test_others_are_files_of_their_precision(precision: str, sign: str, model: Model, tmp_path: Path) -> None:
    contender = Contender("onnxruntime", "default", precision)  # type: ignore[arg-type]
    made = lowered(model, contender, tmp_path / "made")
    assert made.onnx is not None and made.operations == model.operations
    assert sign in {node.op_type for node in onnx.load(made.onnx).graph.node}
    assert open_runtime(**made.files, backend="onnxruntime").input_shape == (3, 64, 64)
    written = made.onnx.stat().st_mtime_ns
    assert lowered(model, contender, tmp_path / "made") == made and made.onnx.stat().st_mtime_ns == written


def test_why_there_is_none(model: Model, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="the torch backend runs cfg and weights in fp32 only, not in int8"):
        lowered(model, Contender("torch", "eager", "int8"), tmp_path)
    with pytest.raises(ModelError, match="y: the precision of an ONNX file is fixed; pass cfg and weights for fp16"):
        lowered(Model("y", onnx=tmp_path / "y.onnx"), Contender("opencv", "new", "fp16"), tmp_path)
    with pytest.raises(MediaError, match="nowhere"):
        lowered(model, Contender("openvino", "f32", "int8"), tmp_path, ["nowhere"])


def test_who_can_run_what(model: Model, tmp_path: Path) -> None:
    file = Model("y", onnx=tmp_path / "y.onnx")
    plain, torch, int8 = Contender("opencv"), Contender("torch", "eager"), Contender("opencv", "auto", "int8")
    pairs = [(file, plain), (file, torch), (file, int8), (model, plain), (model, torch), (model, int8)]
    both = (model, Contender("torch", "eager", "int8"))
    assert suitable([pairs, [both]]) == [[pairs[0], *pairs[3:]], [both]]
