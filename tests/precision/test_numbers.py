"""Numbers that lower precision cannot hold, or that are none, are told by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from darkcsp.errors import CfgWarning, ModelError, WeightsError
from darkcsp.graph import build_graph
from darkcsp.modelfile import Precision
from darkcsp.precision import convert_precision
from darkcsp.precision.ranges import Method, measure_ranges
from darkcsp.to_onnx import build_onnx
from darkcsp.weightfile import Weights, write_weights
from tests.networks import graph_of, weights_of
from tests.precision.pictures import write_pictures
from tests.reference import Array
from tests.single import conv

TEXT = "[net]\nwidth=16\nheight=16\nchannels=3\n" + conv(4, batch_normalize=1, activation="leaky") + conv(4) + conv(2)
BOTH: list[Precision] = ["fp16", "int8"]


def files(folder: Path, change: Callable[[dict[str, Array]], None], layer: int = 0) -> tuple[Path, Path]:
    weights = weights_of(graph_of(TEXT))
    blobs = {name: array.copy() for name, array in weights[layer].items()}
    change(blobs)
    (folder / "x.cfg").write_text(TEXT)
    write_weights(folder / "x.weights", Weights({**weights, layer: blobs}), build_graph(folder / "x.cfg"))
    write_pictures(folder / "pictures")
    return folder / "x.cfg", folder / "x.weights"


@pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning")
@pytest.mark.parametrize("precision", BOTH)
def test_weights_that_are_no_numbers(precision: Precision, tmp_path: Path) -> None:
    def change(blobs: dict[str, Array]) -> None:
        blobs["weights"][0, 0, 0, 0] = np.nan

    cfg, weights = files(tmp_path, change)
    with pytest.raises(WeightsError, match=r"layer 0 \[convolutional\]: 1 of 108 weights is not a finite number"):
        convert_precision(cfg, weights, precision=precision, calibration=[tmp_path / "pictures"])


@pytest.mark.parametrize("precision", BOTH)
def test_weights_that_folding_makes_infinite(precision: Precision, tmp_path: Path) -> None:
    def change(blobs: dict[str, Array]) -> None:
        blobs["weights"][0] = 3e38
        blobs["scales"][0] = 1e6

    cfg, weights = files(tmp_path, change)
    with pytest.raises(ModelError, match=r"x\.cfg: 27 of 108 values of L000_convolutional/weights are NaN or infinite"):
        convert_precision(cfg, weights, precision=precision, calibration=[tmp_path / "pictures"])


@pytest.mark.parametrize(
    ("method", "layer", "message"),
    [
        ("minmax", 1, r"x\.cfg: L001_convolutional ranges from 0.0 to inf for .*, but int8 needs a finite range"),
        ("minmax", 2, r"x\.cfg: \d+ of 72 values of L002_convolutional/weights are NaN or infinite"),
    ],
)
def test_values_that_leave_float32(method: Method, layer: int, message: str, tmp_path: Path) -> None:
    def change(blobs: dict[str, Array]) -> None:
        blobs["weights"][:] = 3e38

    cfg, weights = files(tmp_path, change, layer)
    with pytest.raises(ModelError, match=message):
        convert_precision(cfg, weights, precision="int8", calibration=[tmp_path / "pictures"], method=method)
    assert not list(tmp_path.glob("*.onnx"))


@pytest.mark.parametrize("method", ["percentile", "entropy"])
def test_methods_that_need_finite_values(method: Method) -> None:
    graph, weights = graph_of(TEXT), weights_of(graph_of(TEXT))
    broken = {"biases": weights[2]["biases"], "weights": np.full_like(weights[2]["weights"], 3e38)}
    model = onnx.shape_inference.infer_shapes(build_onnx(graph, Weights({**weights, 2: broken})))
    with pytest.raises(ModelError, match=f"not finite for the calibration pictures; '{method}' needs finite values"):
        measure_ranges(model, [np.ones((1, 3, 16, 16), np.float32)], ["Conv"], method)


@pytest.mark.parametrize("target", ["portable", "onnxruntime"])
def test_numbers_beyond_float16(target: str, tmp_path: Path) -> None:
    def change(blobs: dict[str, Array]) -> None:
        blobs["weights"][0, 0, 0] = (7e4, -7e4, 65504)

    cfg, weights = files(tmp_path, change, layer=2)
    with pytest.warns(CfgWarning) as told:
        convert_precision(cfg, weights, precision="fp16", target=target)  # type: ignore[arg-type]
    message = f"{tmp_path}/x.fp16.onnx: 2 of 72 values of L002_convolutional/weights exceed float16's 65504"
    assert [str(item.message).startswith(message) for item in told] == [True]
