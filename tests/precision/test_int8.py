from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, numpy_helper

from darkcsp.errors import ModelError
from darkcsp.modelfile.targets import Target
from darkcsp.precision import calibrate, to_int8
from darkcsp.precision.ranges import Method
from tests.networks import CLASSIFIER, DETECTOR, graph_of
from tests.running import model_of, run_model

Array = np.typing.NDArray[np.float32]
TARGETS: list[Target] = ["portable", "opencv", "opencv-classic", "onnxruntime", "openvino"]


def batches(size: int = 32) -> list[Array]:
    return list(np.random.default_rng(1).random((3, 1, 3, size, size), np.float32))


def run(model: onnx.ModelProto, batch: np.typing.NDArray[Any]) -> list[Array]:
    return list(run_model(model, images=batch).values())


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_s_model_is_valid_and_near(target: Target) -> None:
    model = model_of(DETECTOR, target=target)
    quantised = to_int8(model, calibrate(model, batches(), target))
    onnx.checker.check_model(quantised, full_check=True)
    assert list(quantised.graph.output) == list(model.graph.output)
    assert list(quantised.metadata_props) == list(model.metadata_props)
    assert quantised.producer_name == "darkcsp"
    batch = batches()[0]
    (want,), (got,) = run(model, batch), run(quantised, batch)
    assert 0 < np.abs(got - want).max() < 0.1
    assert np.abs(got - want).mean() < 0.005


def test_weights_are_int8_by_channel_and_activations_uint8() -> None:
    model = model_of(DETECTOR)
    quantised = to_int8(model, calibrate(model, batches()))
    tensors = {tensor.name: tensor for tensor in quantised.graph.initializer}
    weights = [tensor for tensor in tensors.values() if len(tensor.dims) == 4]
    assert {tensor.data_type for tensor in weights} == {TensorProto.INT8, TensorProto.FLOAT}
    for tensor in weights:
        if tensor.data_type == TensorProto.INT8:
            name = tensor.name.removesuffix("_quantized")
            assert tuple(tensors[f"{name}_scale"].dims) == (tensor.dims[0],)
            assert not numpy_helper.to_array(tensors[f"{name}_zero_point"]).any()
    zeros = {tensors[node.input[2]].data_type for node in quantised.graph.node if node.op_type == "QuantizeLinear"}
    assert zeros == {TensorProto.UINT8}


@pytest.mark.parametrize("text", [DETECTOR, CLASSIFIER])
def test_heads_stay_float32(text: str) -> None:
    model = model_of(text)
    size = graph_of(text).input.h
    quantised = to_int8(model, calibrate(model, batches(size)))
    floats = {
        tensor.name.split("/")[0]
        for tensor in quantised.graph.initializer
        if tensor.name.endswith("weights") and tensor.data_type == TensorProto.FLOAT
    }
    assert floats == ({"L004_convolutional", "L009_convolutional"} if text == DETECTOR else {"L003_convolutional"})


def test_openvino_s_activations_stand_next_to_their_convolutions() -> None:
    model = model_of(DETECTOR, target="openvino")
    quantised = to_int8(model, calibrate(model, batches(), "openvino"))
    makers = {output: node for node in quantised.graph.node for output in node.output}
    (leaky,) = [node for node in quantised.graph.node if node.op_type == "LeakyRelu"]
    assert makers[leaky.input[0]].op_type == "Conv"


@pytest.mark.parametrize(
    "options",
    [{"head": "raw"}, {"head": "opencv4"}, {"head": "nms"}, {"batch": None}, {"batch": 4}, {"input": "uint8"}],
)
def test_other_forms_of_the_network_take_the_same_calibration(options: dict[str, object]) -> None:
    calibrated = calibrate(model_of(DETECTOR), batches())
    model = model_of(DETECTOR, **options)
    quantised = to_int8(model, calibrated)
    onnx.checker.check_model(quantised, full_check=True)
    count = 4 if options.get("batch") == 4 else 1
    batch: np.typing.NDArray[Any] = np.repeat(batches()[0], count, 0)
    if "input" in options:
        batch = np.ascontiguousarray((batch[:, ::-1] * 255).round().astype(np.uint8).transpose(0, 2, 3, 1))
    for want, got in zip(run(model, batch), run(quantised, batch), strict=True):
        assert np.isfinite(got).all()
        if want.shape == got.shape and options.get("head") not in ("opencv4", "nms"):  # these have thresholds
            assert np.abs(got - want).mean() < 0.05


def test_a_uint8_picture_s_first_convolution_is_int8_too() -> None:
    calibrated = calibrate(model_of(DETECTOR), batches())
    quantised = to_int8(model_of(DETECTOR, input="uint8"), calibrated)
    tensors = {tensor.name: tensor for tensor in quantised.graph.initializer}
    first = next(node for node in quantised.graph.node if node.op_type == "QuantizeLinear")
    assert numpy_helper.to_array(tensors[first.input[1]]).item() == pytest.approx(1)  # a step is one of 255
    assert numpy_helper.to_array(tensors[first.input[2]]).item() == 0


@pytest.mark.parametrize("method", ["minmax", "percentile", "entropy"])
def test_methods(method: Method, capsys: pytest.CaptureFixture[str]) -> None:
    model = model_of(DETECTOR)
    calibrated = calibrate(model, batches(), method=method)
    assert calibrated.ranges["images"] == pytest.approx((0, 1), abs=0.01 if method != "entropy" else 1)
    onnx.checker.check_model(to_int8(model, calibrated), full_check=True)
    assert capsys.readouterr().out == ""


def test_the_range_of_a_tensor_is_of_all_pictures() -> None:
    dark, bright = np.full((2, 1, 3, 32, 32), [[[[[0.2]]]], [[[[0.8]]]]], np.float32)
    assert calibrate(model_of(DETECTOR), [dark, bright]).ranges["images"] == pytest.approx((0.2, 0.8))
    assert calibrate(model_of(DETECTOR), [bright, dark]).ranges["images"] == pytest.approx((0.2, 0.8))


def test_a_network_that_is_only_a_head_is_refused() -> None:
    model = model_of("[net]\nwidth=8\nheight=8\nchannels=3\n[convolutional]\nfilters=2\nsize=1\nactivation=linear\n")
    with pytest.raises(ModelError, match="the only weights are those of the heads"):
        to_int8(model, calibrate(model, batches(8)))


def test_recurrent_networks_are_refused() -> None:
    model = model_of("[net]\nwidth=8\nheight=8\nchannels=3\n[crnn]\nhidden_filters=2\noutput_filters=2\npad=1\n")
    with pytest.raises(ModelError, match="carries state"):
        calibrate(model, batches(8))


SCRIPT = """
import hashlib
from darkcsp.precision import calibrate, to_int8
from tests.networks import DETECTOR
from tests.precision.test_int8 import batches
from tests.running import model_of
model = model_of(DETECTOR)
data = to_int8(model, calibrate(model, batches())).SerializeToString(deterministic=True)
print(hashlib.sha256(data).hexdigest())
"""


def test_identical_input_gives_an_identical_model() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
