"""Anchors: pairs of numbers, and which of them a mask takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from darkcsp.cfg import Options, parse_cfg
from darkcsp.spec.anchors import read_all_anchors, read_anchors

sizes = st.integers(1, 600)
pairs = st.lists(st.tuples(sizes, sizes), min_size=1, max_size=9)


def options(num: int, anchors: list[tuple[int, int]], mask: list[int]) -> Options:
    numbers = ", ".join(f"{w},{h}" for w, h in anchors)
    text = f"[net]\nnum={num}\nanchors={numbers}\n" + (f"mask={','.join(map(str, mask))}\n" if mask else "")
    return Options(parse_cfg(text).sections[0], "x.cfg")


@given(anchors=pairs, data=st.data())
def test_a_mask_takes_anchors_in_its_own_order(anchors: list[tuple[int, int]], data: st.DataObject) -> None:
    mask = data.draw(st.lists(st.integers(0, len(anchors) - 1), max_size=5))
    found = options(len(anchors), anchors, mask)
    assert read_anchors(found) == tuple(anchors[number] for number in mask or range(len(anchors)))
    assert found.notices == []


@given(anchors=pairs, num=st.integers(1, 12))
def test_there_are_num_anchors_and_missing_ones_are_a_half(anchors: list[tuple[int, int]], num: int) -> None:
    found = read_all_anchors(options(num, anchors, []))
    assert len(found) == num
    assert found[: len(anchors)] == tuple(anchors[:num])
    assert set(found[len(anchors) :]) <= {(0.5, 0.5)}
