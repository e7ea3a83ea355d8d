"""Table 5 as printed, and whether measured speeds stand in its order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkcsp.paper.table5 import BASE, FASTEST, judge, printed_speeds

RATIOS = {
    speed.network: speed.printed_ratio if speed.printed_ratio is not None else 0.5
    for speed in printed_speeds()
    if speed.network is not None
}
"""A machine on which every network is as fast as printed, against YOLOv3-tiny."""


def test_the_table() -> None:
    speeds = printed_speeds()
    assert [speed.printed for speed in speeds] == [32, 47, 54, 71, None, None, 52, 75, 95, 102]
    assert [speed.network is None for speed in speeds] == [True] * 2 + [False] * 8
    assert all(speed.printed_ratio == (speed.printed and speed.printed / 54) for speed in speeds)
    assert RATIOS[BASE] == 1 and len(RATIOS) == 8


def test_the_printed_order_holds() -> None:
    verdict = judge(RATIOS)
    assert verdict is not None and verdict.holds and verdict.swapped == ()
    assert (verdict.fastest, verdict.ratio) == ("CSPDenseNetb Ref.-PRN", verdict.printed_ratio)


def test_a_slower_fastest_network_does_not_hold() -> None:
    verdict = judge(RATIOS | {FASTEST: 102 / 54 - 0.01})
    assert verdict is not None and not verdict.holds and verdict.fastest == "CSPDenseNetb Ref.-PRN"


def test_pairs_that_stand_the_other_way_round_are_named() -> None:
    verdict = judge(RATIOS | {"csppeleenet-ref-prn": 2.0})
    assert verdict is not None and not verdict.holds and verdict.fastest == "CSPPeleeNet Ref.-PRN"
    assert verdict.swapped == (
        ("CSPPeleeNet Ref.-PRN", "CSPDenseNet Ref.-PRN"),
        ("CSPPeleeNet Ref.-PRN", "CSPDenseNetb Ref.-PRN"),
    )


@given(st.dictionaries(st.sampled_from(sorted(RATIOS)), st.floats(0.01, 100)))
def test_there_is_a_verdict_wherever_the_fastest_network_was_measured(ratios: dict[str, float]) -> None:
    verdict = judge(ratios)
    assert (verdict is None) == (FASTEST not in ratios)
    if verdict is not None:
        titles = {speed.network: speed.title for speed in printed_speeds()}
        fastest = max(ratios.values())
        assert verdict.fastest in {titles[name] for name, ratio in ratios.items() if ratio == fastest}
        assert not any((other, one) in verdict.swapped for one, other in verdict.swapped)


@pytest.mark.parametrize("ratios", [{}, {BASE: 1.0}])
def test_without_the_fastest_network_there_is_no_verdict(ratios: dict[str, float]) -> None:
    assert judge(ratios) is None
