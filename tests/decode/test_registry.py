"""Which function decodes which head with NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from darkcsp.decode.registry import decode_head, decodes
from darkcsp.errors import UnsupportedLayerError
from darkcsp.layers.yolo import Yolo
from darkcsp.spec import Shape
from tests.toy import TOY, ToyHead


def test_a_head_without_a_decoder_is_told() -> None:
    head = ToyHead(index=0, place=TOY.place, sources=(-1,), inputs=TOY.inputs, classes=1)
    with pytest.raises(UnsupportedLayerError, match=r"\[toy\] .* NumPy: no decoder is written for ToyHead"):
        decode_head(head, Shape(3, 8, 8), np.zeros((1, 6), np.float32))


def test_decoders_are_checked_when_they_register() -> None:
    with pytest.raises(ValueError, match=r"Yolo has two handlers: darkcsp\.decode\.yolo\.decode_yolo and "):
        decodes(Yolo)(lambda spec, network, raw: raw)
    with pytest.raises(TypeError, match=r"takes \(spec, raw\); expected \(spec, network, raw\)"):
        decodes(ToyHead)(lambda spec, raw: raw)  # type: ignore[misc, arg-type]
