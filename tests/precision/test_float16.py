from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from darkcsp.modelfile.targets import Float16
from darkcsp.precision import to_float16
from darkcsp.to_onnx import build_onnx
from darkcsp.weightfile import Header, parse_weights
from tests.networks import CLASSIFIER, DETECTOR, graph_of
from tests.running import model_of, run_model

FORMS: list[Float16] = ["computed", "stored"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("text", "options"),
    [
        (DETECTOR, {}),
        (DETECTOR, {"head": "raw", "batch": None}),
        (DETECTOR, {"head": "opencv4"}),
        (DETECTOR, {"head": "nms"}),
        (DETECTOR, {"taps": "all"}),
        (DETECTOR, {"target": "onnxruntime"}),
        (CLASSIFIER, {}),
    ],
)
def test_it_says_the_same_but_for_rounding(form: Float16, text: str, options: dict[str, object]) -> None:
    model = model_of(text, **options)
    before = model.SerializeToString()
    halves = to_float16(model, form)
    assert model.SerializeToString() == before
    onnx.checker.check_model(halves, full_check=True)
    assert [(item.name, item.type) for item in halves.graph.output] == [
        (item.name, item.type) for item in model.graph.output
    ]
    assert list(halves.graph.input) == list(model.graph.input)
    assert list(halves.metadata_props) == list(model.metadata_props)
    shape = [dim.dim_value or 1 for dim in model.graph.input[0].type.tensor_type.shape.dim]
    batch = np.random.default_rng(0).random(shape, np.float32)
    for want, got in zip(run(model, batch), run(halves, batch), strict=True):
        assert got.dtype == np.float32
        if want.shape == got.shape:  # final boxes may come or go at the threshold
            np.testing.assert_allclose(got, want, atol=5e-3 * max(1.0, float(np.abs(want).max())))


def run(model: onnx.ModelProto, batch: np.typing.NDArray[np.float32]) -> list[np.typing.NDArray[np.float32]]:
    return list(run_model(model, images=batch).values())


def test_weights_take_half_the_room() -> None:
    model = model_of(DETECTOR)
    for form in FORMS:
        halves = to_float16(model, form).graph.initializer
        assert {tensor.data_type for tensor in halves if "/weights" in tensor.name} == {TensorProto.FLOAT16}
        decoding = {tensor.data_type for tensor in halves if "/decoded/" in tensor.name}
        assert decoding == {TensorProto.FLOAT, TensorProto.INT64}


def test_decoding_stays_float32() -> None:
    halves = onnx.shape_inference.infer_shapes(to_float16(model_of(DETECTOR), "computed"))
    kinds = {value.name: value.type.tensor_type.elem_type for value in halves.graph.value_info}
    assert {kind for name, kind in kinds.items() if "/decoded/" in name} == {TensorProto.FLOAT}
    made = {node.op_type: kinds[node.output[0]] for node in halves.graph.node if node.op_type in ("MaxPool", "Resize")}
    assert made == {"MaxPool": TensorProto.FLOAT16, "Resize": TensorProto.FLOAT16}


def test_weights_beyond_float16_become_its_largest() -> None:
    graph = graph_of("[net]\nwidth=4\nheight=4\nchannels=3\n[convolutional]\nfilters=2\nsize=1\nactivation=linear\n")
    values = np.array([0, 0, *[1e6] * 6], "<f4")
    weights = parse_weights(Header().to_bytes() + values.tobytes(), graph, "x")
    for form in FORMS:
        model = to_float16(build_onnx(graph, weights), form)
        (tensor,) = [tensor for tensor in model.graph.initializer if len(tensor.dims) == 4]
        assert onnx.numpy_helper.to_array(tensor).max() == 65504
