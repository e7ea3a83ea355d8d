from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkcsp.cfg import compose_cfg, parse_cfg, read_cfg, set_option, write_cfg
from darkcsp.errors import CfgError, CfgSyntaxError


def test_whitespace_and_comments_are_dropped_and_lines_are_known() -> None:
    cfg = parse_cfg("# top\n[net]\r\n wi dth = 4 16 \n;x\n\n[ conv ]\n\tfilters=3 2#x", "x.cfg")
    net, conv = cfg.sections
    assert (net.name, net.line, conv.name, conv.line) == ("net", 2, "conv", 6)
    assert [(option.key, option.value, option.line) for option in net.options] == [("width", "416", 3)]
    assert conv.options[0].value == "32#x"


def test_byte_order_mark_is_skipped_and_kept() -> None:
    cfg = parse_cfg("\ufeff[net]\nwidth=1")
    assert cfg.sections[0].name == "net"
    assert cfg.to_bytes().startswith(b"\xef\xbb\xbf[net]")


def test_the_first_of_repeated_keys_wins_with_a_notice() -> None:
    cfg = parse_cfg("[net]\nwidth=1\nwidth=2\n", "x.cfg")
    option = cfg.sections[0].find("width")
    assert option is not None and option.value == "1"
    assert [str(notice) for notice in cfg.notices] == [
        "x.cfg:3: [net] width=2 is ignored: Darknet uses the first, width=1 on line 2"
    ]


@pytest.mark.parametrize("line", ["width", "width=", "width = ", "some more text"])
def test_a_line_without_a_value_is_noticed(line: str) -> None:
    cfg = parse_cfg(f"[net]\n  {line}\r\n", "x.cfg")
    assert f"x.cfg:2: [net] {line.strip()!r} has no value" in str(cfg.notices[0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no sections"),
        ("width=1\n[net]", "x.cfg:1: 'width=1' is before the first section"),
        ("[convolutional]\n", "x.cfg:1: [convolutional] is the first section; expected [net]"),
        ("[metadata]\nname=x\n", "Python setup.cfg"),
        ("[net\nwidth=1", "x.cfg:1: '[net' is not a section"),
        ("  [ net\r\nwidth=1", "x.cfg:1: '[ net' is not a section"),
        ("some text\n[net]", "x.cfg:1: 'some text' is before the first section"),
    ],
)
def test_what_is_no_cfg_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(CfgSyntaxError) as error:
        parse_cfg(text, "x.cfg")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_and_binary_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CfgError, match=r"nowhere\.cfg: cannot be read"):
        read_cfg(tmp_path / "nowhere.cfg")
    binary = tmp_path / "x.weights"
    binary.write_bytes(bytes(20))
    with pytest.raises(CfgSyntaxError, match="are cfg and weights swapped"):
        read_cfg(binary)


@given(st.binary(max_size=200))
def test_reading_then_writing_gives_the_identical_bytes(body: bytes) -> None:
    text = b"[net]\nwidth=1\n#" + body.replace(b"\n[", b"\n#").replace(b"\n", b"\n#")
    assert parse_cfg(text.decode("utf-8", "surrogateescape")).to_bytes() == text


def test_files_round_trip(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf[net]\r\nwidth=8\r\n\r\n# caf\xe9\r\n[conv]\r\nfilters=1"
    (tmp_path / "a.cfg").write_bytes(data)
    write_cfg(read_cfg(tmp_path / "a.cfg"), tmp_path / "b.cfg")
    assert (tmp_path / "b.cfg").read_bytes() == data


def test_set_option_changes_one_line() -> None:
    cfg = parse_cfg("[net]\r\nwidth=8 # w\r\n[conv]\r\nsize=3\r\n")
    assert str(set_option(cfg, 0, "width", 16)) == "[net]\r\nwidth=16\r\n[conv]\r\nsize=3\r\n"
    assert str(set_option(cfg, 1, "filters", 4)).splitlines()[2:4] == ["[conv]", "filters=4"]


keys = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
values = st.one_of(
    st.integers(-999, 999), st.floats(-100, 100, allow_nan=False), st.lists(st.integers(-9, 9), min_size=1, max_size=4)
)


@given(st.lists(st.tuples(st.sampled_from(["conv", "route"]), st.dictionaries(keys, values, max_size=4)), max_size=4))
def test_composed_cfgs_read_back(sections: list[tuple[str, dict[str, object]]]) -> None:
    cfg = compose_cfg([("net", {"width": 8}), *sections], header="made\nhere")  # type: ignore[list-item]
    assert str(cfg).startswith("# made\n# here\n")
    assert [section.name for section in cfg.sections[1:]] == [name for name, _ in sections]
    for section, (_, options) in zip(cfg.sections[1:], sections, strict=True):
        assert [option.key for option in section.options] == list(options)
    again = parse_cfg(str(cfg))
    assert again.sections == cfg.sections
