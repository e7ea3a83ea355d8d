from __future__ import annotations

import pytest

from darkcsp.cfg import Options, parse_cfg
from darkcsp.errors import LimitError, OptionError
from darkcsp.limits import DEFAULT_LIMITS, Limits


def options(text: str, hidden: frozenset[str] = frozenset(), limits: Limits = DEFAULT_LIMITS) -> Options:
    return Options(parse_cfg(f"[net]\n{text}", "x.cfg").sections[0], "x.cfg", hidden, limits)


def test_typed_getters_and_defaults() -> None:
    given = options("a=3\nb=.5\nc=leaky\nd=1,2, 3\ne=0.5,2\nf=1")
    assert given.integer("a", 0) == 3
    assert given.number("b", 0) == 0.5
    assert given.text("c", "linear") == "leaky"
    assert given.integers("d") == (1, 2, 3)
    assert given.numbers("e") == (0.5, 2.0)
    assert given.flag("f") is True
    assert given.integer("missing", 7) == 7
    assert given.integers("missing") == ()
    assert given.notices == []


def test_what_c_leaves_behind_is_noticed() -> None:
    given = options("filters=32#x")
    assert given.integer("filters", 1) == 32
    assert str(given.notices[0]) == "x.cfg:2: [net] filters=32#x: Darknet reads 32 and ignores '#x'"


def test_unread_options_are_reported_once() -> None:
    given = options("a=1\nb=2\nb=3\nc")
    given.integer("a", 0)
    assert [(option.key, option.line) for option in given.unread()] == [("b", 3)]


def test_a_trailing_comma_is_dropped_from_lists_and_is_layer_0_in_references() -> None:
    assert options("anchors=1,2,").numbers("anchors") == (1.0, 2.0)
    given = options("layers=-1,-4,")
    assert given.references("layers") == (-1, -4, 0)
    assert "layer 0" in str(given.notices[0])


def test_a_list_ends_at_a_remark() -> None:
    assert options("mask=0,1#,2,3").integers("mask") == (0, 1)


def test_a_lower_bound_is_an_error_with_its_line() -> None:
    with pytest.raises(OptionError, match=r"x\.cfg:2: \[net\] size=0: must be 1 or more"):
        options("size=0").integer("size", 1, least=1)


def test_hidden_options_are_absent_and_unread() -> None:
    given = options("stride_x=2", hidden=frozenset(["stride_x"]))
    assert given.integer("stride_x", -1) == -1
    assert [option.key for option in given.unread()] == ["stride_x"]


def test_what_is_left_behind_in_a_list_is_told_once() -> None:
    given = options("anchors=1,2x,3,4y,5z")
    assert given.numbers("anchors") == (1, 2, 3, 4, 5)
    (notice,) = given.notices
    assert (
        notice.message == "anchors=1,2x,3,4y,5z: Darknet reads 2 and ignores 'x', and likewise for 2 more in the list"
    )


@pytest.mark.parametrize("text", ["nan", "-inf", "1e39", "-1e39", "0x1p200"])
def test_numbers_that_float32_has_not_are_errors(text: str) -> None:
    for read in (options(f"a={text}").numbers, lambda key: options(f"a={text}").number(key, 0)):
        with pytest.raises(OptionError, match=r"x\.cfg:2: \[net\] a=.*: .* is not a finite float32 number"):
            read("a")
    assert options("a=3.4028234e38").number("a", 0) == 3.4028234e38


def test_limits_on_numbers_lists_and_windows() -> None:
    given = options("a=1,2,3\nb=-7\nc=0001", limits=Limits(items=2, window=6, digits=3))
    for read, message in (
        (lambda: given.integers("a"), "a=1,2,3: 3 items; at most 2"),
        (lambda: given.references("a"), "a=1,2,3: 3 items; at most 2"),
        (lambda: given.window("b", 1), "b=-7: 7 pixels;"),
        (lambda: given.integer("c", 1), "c=0001: 4 characters in a number; at most 3"),
    ):
        with pytest.raises(LimitError, match=message):
            read()
    assert given.integer("b", 1) == -7


def test_of_a_repeated_option_the_first_is_found() -> None:
    section = parse_cfg("[net]\na=1\nb=2\na=3\n").sections[0]
    first, missing = section.find("a"), section.find("c")
    assert first and first.value == "1"
    assert missing is None
