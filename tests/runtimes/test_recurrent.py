"""Runtimes carry the state of recurrent layers from call to call, as Darknet does."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.errors import ModelError
from darkcsp.runtimes import Runtime, open_runtime
from tests.reference import HERE, Case, load_op

CASES = ("conv_lstm", "crnn", "pj_gru", "pj_lstm", "pj_rnn")


def _open(case: Case, backend: str, folder: object) -> Runtime:
    cfg, weights = folder / "x.cfg", folder / "x.weights"  # type: ignore[operator]
    cfg.write_text(case.cfg_text)
    weights.write_bytes(case.weights_bytes)
    return open_runtime(cfg=cfg, weights=weights, backend=backend, head="raw")


@pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning")
@pytest.mark.parametrize("backend", ["opencv", "onnxruntime", "torch"])
@pytest.mark.parametrize("name", CASES)
def test_steps_follow_each_other(name: str, backend: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    case = load_op(HERE / "golden" / f"{name}.npz")
    runtime = _open(case, backend, tmp_path_factory.mktemp(name))
    assert runtime.recurrent
    last = case.graph().raw_outputs[0]
    for _ in range(2):
        for step, values in enumerate(case.inputs):
            (output,) = runtime.run(values.reshape(1, *runtime.input_shape))
            assert case.error(last, output, step) < 1e-5
        runtime.reset()


@pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning")
@pytest.mark.parametrize("backend", ["onnxruntime", "torch"])
def test_sequences_run_side_by_side(backend: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    case = load_op(HERE / "golden" / "conv_lstm.npz")
    runtime = _open(case, backend, tmp_path_factory.mktemp("pair"))
    last = case.graph().raw_outputs[0]
    for step, values in enumerate(case.inputs):
        picture = values.reshape(1, *runtime.input_shape)
        (output,) = runtime.run(np.concatenate([np.zeros_like(picture), picture]))
        assert case.error(last, output[1], step) < 1e-5
    with pytest.raises(ModelError, match=r"carries .*not .*1"):
        runtime.run(picture)
    runtime.reset()
    assert case.error(last, runtime.run(case.inputs[0].reshape(picture.shape))[0], 0) < 1e-5


@pytest.mark.filterwarnings("ignore::darkcsp.errors.CfgWarning")
def test_a_fixed_batch_is_a_number_of_sequences(tmp_path_factory: pytest.TempPathFactory) -> None:
    case = load_op(HERE / "golden" / "pj_rnn.npz")
    runtime = _open(case, "opencv", tmp_path_factory.mktemp("fixed"))
    with pytest.raises(ModelError, match=r"carries the state of 1 sequence\(s\), not 2"):
        runtime.run(np.zeros((2, *runtime.input_shape), np.float32))
