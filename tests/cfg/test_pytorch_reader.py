"""cfg text as WongKinYiu's readers take it apart."""

from __future__ import annotations

import pytest

from darkcsp.cfg import Options, Reading, StrictOptions, parse_cfg, read_as_pytorch
from darkcsp.cfg.pytorch_reader import OPTIONS, U3_OPTIONS
from darkcsp.errors import CfgSyntaxError, LimitError, OptionError
from darkcsp.limits import Limits

NET = "[net]\nwidth=8\n"


def read(text: str) -> Reading:
    return read_as_pytorch(parse_cfg(text, "x.cfg"))


def options(*lines: str) -> StrictOptions:
    return StrictOptions(read("\n".join([NET, "[route]", *lines])).sections[1], "x.cfg")


def test_sections_options_and_lines() -> None:
    first, second = read("# a comment\n\n[net]\nwidth = 8\n[ route ]\nlayers = -1 , 2 \n").sections
    assert (first.name, first.line, second.name, second.line) == ("net", 3, " route", 5)
    assert [(option.key, option.value, option.line) for option in second.options] == [("layers", "-1 , 2", 6)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends(end: str) -> None:
    assert len(read(end.join(["[net]", "width=8", "", "[route]", "layers=-1", ""])).sections) == 2


def test_the_last_of_repeated_options_counts() -> None:
    reading = read(NET + "[convolutional]\nfilters=1\nsize=3\nfilters=2\n")
    assert [option.value for option in reading.sections[1].options] == ["2", "3"]
    assert [str(item) for item in reading.notices] == [
        "x.cfg:6: [convolutional] filters=2 overrides filters=1 on line 4"
    ]


def test_options_that_their_program_refuses_are_left_out_and_told() -> None:
    reading = read(NET + "[yolo]\nnew_coords=1\nclasses=2\n")
    assert [option.key for option in reading.sections[1].options] == ["classes"]
    (refused,) = reading.refused
    assert (
        str(refused) == "x.cfg:4: [yolo] new_coords=1: WongKinYiu's reader does not accept this option; it is ignored"
    )


def test_the_first_section_may_have_any_option() -> None:
    assert not read("[net]\nnonsense=1\n[route]\nlayers=-1\n").refused


def test_the_older_reader_knows_fewer_options() -> None:
    assert {"atoms", "na", "nc"} == OPTIONS - U3_OPTIONS


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("  ", "this line has only whitespace, which WongKinYiu's reader does not accept; make it empty"),
        ("; no comment", "'; no comment': for WongKinYiu's reader, a comment must start with #"),
        (" # indented", "'# indented': for WongKinYiu's reader, a comment must start with #"),
        ("stride", "'stride': WongKinYiu's reader needs exactly one '='"),
        ("size=3=3", "'size=3=3': WongKinYiu's reader needs exactly one '='"),
        ("type=route", r"type=route: WongKinYiu's reader takes the section for a \[route\]"),
    ],
)
def test_what_stops_their_program_is_an_error_with_its_line(line: str, message: str) -> None:
    with pytest.raises(CfgSyntaxError, match=rf"x.cfg:4: \[route\] {message}"):
        read(f"{NET}[route]\n{line}\n")


def test_a_comment_behind_a_value_is_a_part_of_it() -> None:
    with pytest.raises(OptionError, match="stride=2 # two: expected only digits"):
        options("stride=2 # two").needed_integer("stride")


@pytest.mark.parametrize("value", ["-1", "1.0", "a", "+2", "1_0"])
def test_integers_are_digits_alone(value: str) -> None:
    with pytest.raises(OptionError, match="expected only digits"):
        options(f"pad={value}").integer("pad", 0)


def test_lists() -> None:
    found = options("layers=-1, +2,3", "anchors=1.5, 2, -3e1")
    assert found.integers("layers") == found.references("layers") == (-1, 2, 3)
    assert found.numbers("anchors") == (1.5, 2, -30)
    assert found.integers("mask") == ()


@pytest.mark.parametrize(
    ("value", "message"),
    [("-1,", "found an empty item"), ("1,x", "found 'x'"), ("1.5", "found '1.5'"), (",1", "found an empty item")],
)
def test_items_of_lists_are_strict(value: str, message: str) -> None:
    with pytest.raises(OptionError, match=f"expected whole numbers separated by commas; .*{message}"):
        options(f"layers={value}").references("layers")


@pytest.mark.parametrize("kind", [Options, StrictOptions])
def test_what_has_no_default_must_stand(kind: type[Options]) -> None:
    found = kind(parse_cfg("[net]\nsize=3\n").sections[0], "x.cfg")
    assert found.needed_integer("size", least=1) == 3
    with pytest.raises(OptionError, match="filters: is missing; there is no default"):
        found.needed_integer("filters")
    with pytest.raises(OptionError, match="size=3: must be 4 or more"):
        found.needed_integer("size", least=4)


@pytest.mark.parametrize("line", ["size=\u0663", "size=\u00b2"])
def test_digits_of_other_scripts_are_none(line: str) -> None:
    with pytest.raises(OptionError, match="expected only digits"):
        options(line).integer("size", 1)


@pytest.mark.parametrize("text", ["nan", "nan(1)", "inf", "1e99"])
def test_numbers_that_float32_has_not_are_errors(text: str) -> None:
    with pytest.raises(OptionError, match="is not a finite float32 number"):
        options(f"anchors=1,{text}").numbers("anchors")


def test_limits_hold_for_their_sections_too() -> None:
    cfg = parse_cfg("[net]\nwidth=8\r[a]\r[b]\r[c]\n")  # lines of theirs, one of Darknet's
    with pytest.raises(LimitError, match="has 4 sections; at most 3"):
        read_as_pytorch(cfg, Limits(sections=3))
    with pytest.raises(LimitError, match="has 1 options; at most 0"):
        read_as_pytorch(cfg, Limits(options=0))
