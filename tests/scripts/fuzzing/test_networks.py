"""Random networks of every family: PyTorch and ONNX Runtime agree in every layer and in the boxes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch")

from scripts.fuzzing.networks.comparing import compare, relative
from scripts.fuzzing.networks.drawing import draw_network
from scripts.fuzzing.networks.families import FAMILIES

SEEDS = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("family", FAMILIES)
def test_backends_agree(family: str) -> None:
    @settings(max_examples=25)
    @given(seed=SEEDS)
    def check(seed: int) -> None:
        text, graph = draw_network(FAMILIES[family], seed, 8)
        assert compare(graph, seed) == [], text

    check()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_section_is_drawn(family: str) -> None:
    missing = set(FAMILIES[family].sections)
    for seed in range(400):
        text, _ = draw_network(FAMILIES[family], seed, 12)
        missing = {name for name in missing if f"[{name}]" not in text}
        if not missing:
            return
    assert not missing


def test_equal_seeds_give_equal_networks() -> None:
    texts = {draw_network(FAMILIES["trained"], 7, 8)[0] for _ in range(2)}
    assert len(texts) == 1


def test_a_difference_is_found() -> None:
    want = np.array([1.0, -4.0, np.nan, np.inf], np.float32)
    assert relative(want, want) == 0
    assert relative(want, np.array([1.0, -2.0, np.nan, np.inf], np.float32)) == 0.5
    assert relative(want, np.array([1.0, -4.0, 0.0, np.inf], np.float32)) == np.inf
