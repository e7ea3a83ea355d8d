"""ONNX Runtime takes as many pictures at once as it is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from darkcsp.runtimes import BACKENDS, engines_of, open_runtime
from darkcsp.runtimes.session import Session
from tests.networks import DETECTOR, write_files


def test_pictures_of_cfg_and_weights_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engines_of("onnxruntime") == ("default",)
    assert BACKENDS["onnxruntime"].batch is None
    cfg, weights = write_files(tmp_path, DETECTOR)
    runtime = open_runtime(cfg=cfg, weights=weights, backend="onnxruntime", threads=1)
    calls: list[int] = []
    call = Session._call

    def watched(session: Session, feeds: dict[str, Any]) -> Any:
        calls.append(len(feeds["images"]))
        return call(session, feeds)

    monkeypatch.setattr(Session, "_call", watched)
    pictures = np.random.default_rng(0).random((5, 3, 32, 32), np.float32)
    assert runtime.run(pictures)[0].shape[0] == 5
    assert calls == [5]
