"""Whose program a cfg is for where nobody says: signs, published cfgs, and what is told."""

from __future__ import annotations

from typing import Any

import pytest

from darkcsp.cfg import parse_cfg
from darkcsp.errors import ArgumentError, CfgError, OptionError
from darkcsp.graph import build_graph
from darkcsp.graph.authors import choose
from darkcsp.layers.convolutional import Convolutional
from darkcsp.spec.program import DIALECTS, Dialect, Program, author_of
from tests.networks import DETECTOR, graph_of
from tests.reference import UPSTREAM
from tests.single import PICTURE, notices, section, their_conv

IMPLICIT = PICTURE + their_conv(2) + section("implicit_add", filters=2)
SILU = PICTURE + their_conv(2, activation="silu")

published = pytest.mark.skipif(not UPSTREAM.is_dir(), reason="the published cfgs are not beside this repository")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (IMPLICIT, "[implicit_add] is a section that only WongKinYiu's PyTorch programs know"),
        (PICTURE + their_conv(2) + section("route_lhalf", layers="-1"), "[route_lhalf] is a section"),
        (SILU, "[convolutional] activation=silu is a name that only WongKinYiu's PyTorch programs know"),
    ],
)
def test_a_sign_decides_and_is_told_with_the_option(text: str, what: str) -> None:
    graph = graph_of(text)
    assert graph.program == Program("WongKinYiu", "trained")
    assert what in str(graph.notices[0])
    assert "To read it as Darknet does, use dialect='alexeyab' (--dialect alexeyab)" in graph.notices[0].message


def test_without_a_sign_it_is_darknets_and_nothing_is_told() -> None:
    assert (graph_of(DETECTOR).program.author, graph_of(DETECTOR).notices) == ("AlexeyAB", ())


def test_a_dialect_that_is_named_needs_no_notice() -> None:
    assert graph_of(IMPLICIT, dialect="wongkinyiu").notices == ()
    assert graph_of(DETECTOR.replace("mish", "leaky"), dialect="pjreddie").program.author == "pjreddie"


def test_signs_for_both_are_an_error_that_names_both_options() -> None:
    text = SILU + section("shortcut", **{"from": "-1"}, group_id=1)
    with pytest.raises(
        CfgError, match=r"activation=silu is a name .* line 15 has an option that they do not accept .*group_id=1"
    ):
        graph_of(text)
    graph = graph_of(text, dialect="wongkinyiu")
    assert "WongKinYiu's reader does not accept this option; it is ignored" in graph.notices[0].message


def test_by_darknets_rules_an_unknown_activation_is_an_error_with_the_right_name() -> None:
    with pytest.raises(OptionError, match=r"silu is swish there: .* dialect='wongkinyiu' \(--dialect wongkinyiu\)"):
        graph_of(SILU, dialect="alexeyab")
    graph = build_graph(parse_cfg(SILU, "x.cfg"), dialect="alexeyab", permissive=True)
    assert "uses relu" in graph.notices[0].message


@pytest.mark.parametrize("dialect", ["auto", "alexeyab"])
@pytest.mark.parametrize("ways", [{"permissive": True}, {"semantics": "cpu"}])
def test_permissive_and_cpu_say_that_a_cfg_is_darknets(dialect: Dialect, ways: dict[str, Any]) -> None:
    graph = build_graph(parse_cfg(SILU, "x.cfg"), dialect=dialect, **ways)
    (layer,) = graph.layers
    assert isinstance(layer, Convolutional)
    assert (graph.program.author, layer.activation) == ("AlexeyAB", "relu")
    assert "uses relu" in graph.notices[0].message


def test_a_section_of_theirs_by_darknets_rules_names_the_option() -> None:
    with pytest.raises(CfgError, match=r"WongKinYiu's PyTorch readers know it: use dialect='wongkinyiu' \(--dialect"):
        graph_of(IMPLICIT, dialect="alexeyab")


def test_strict_does_not_guess() -> None:
    with pytest.raises(CfgError, match="is a section that only WongKinYiu's"):
        build_graph(parse_cfg(IMPLICIT, "x.cfg"), strict=True)
    assert build_graph(parse_cfg(IMPLICIT, "x.cfg"), strict=True, dialect="wongkinyiu").layers


def test_names_of_dialects() -> None:
    assert [author_of(name) for name in DIALECTS] == [None, "AlexeyAB", "pjreddie", "WongKinYiu", "WongKinYiu-u3"]
    with pytest.raises(ArgumentError, match="dialect='darknet': expected one of auto, alexeyab, pjreddie, wongkinyiu"):
        graph_of(DETECTOR, dialect="darknet")  # type: ignore[arg-type]


@pytest.mark.parametrize("author", ["WongKinYiu", "WongKinYiu-u3"])
def test_their_programs_have_one_meaning(author: str) -> None:
    assert Program(author).semantics == "trained"  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=f"semantics='cpu': dialect '{author.lower()}' is a PyTorch program"):
        Program(author, "cpu")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="permissive=True: applies only to Darknet's unknown activations"):
        Program(author, permissive=True)  # type: ignore[arg-type]


def test_the_input_has_3_channels_and_any_size() -> None:
    text = "[net]\nchannels=1\nwidth=7\n\n" + their_conv(2)
    graph = build_graph(parse_cfg(text, "x.cfg"), (20, 12), dialect="wongkinyiu")
    assert (graph.input, graph.net.resize) == ((3, 12, 20), "wongkinyiu")
    assert "channels=1: WongKinYiu's reader ignores it and uses 3" in graph.notices[0].message
    with pytest.raises(OptionError, match="set width and height, or pass size"):
        build_graph(parse_cfg(text, "x.cfg"), dialect="wongkinyiu")


def test_options_that_they_do_not_use_in_a_section_are_told() -> None:
    found = graph_of(PICTURE + section("maxpool", size=2, stride=2, filters=3), dialect="wongkinyiu").notices
    assert [item.message for item in found] == ["filters=3: WongKinYiu's reader does not use filters in [maxpool]"]


THEIRS: list[tuple[str, Dialect]] = [
    ("WongKinYiu/yolor/main/cfg/yolov4_p6.cfg", "wongkinyiu"),
    ("WongKinYiu/PyTorch_YOLOv4/master/cfg/yolov4-csp-s-leaky.cfg", "wongkinyiu"),
    ("WongKinYiu/PyTorch_YOLOv4/u3_preview/cfg/yolov4-pacsp.cfg", "wongkinyiu"),
    ("WongKinYiu/yolov7/darknet/cfg/yolov7-tiny.cfg", "wongkinyiu"),
]


@published
@pytest.mark.parametrize(("path", "dialect"), THEIRS)
def test_a_published_cfg_of_theirs_is_known_by_its_layers(path: str, dialect: Dialect) -> None:
    text = (UPSTREAM / path).read_text()
    for changed in (text, text.replace("classes=80", "classes=3").replace("filters=255", "filters=24")):
        choice = choose(parse_cfg(changed, "mine.cfg"))
        assert choice.author == author_of(dialect)
        assert "has the same layers as WongKinYiu/" in choice.notices[0].message
        assert "use dialect='wongkinyiu' (--dialect wongkinyiu) to confirm that" in choice.notices[0].message


@published
def test_a_text_that_both_older_and_newer_programs_have_names_both() -> None:
    path = UPSTREAM / "WongKinYiu/PyTorch_YOLOv4/master/cfg/yolov4-pacsp.cfg"
    assert "--dialect wongkinyiu-u3" in choose(parse_cfg(path.read_text())).notices[0].message


@published
@pytest.mark.parametrize("path", ["AlexeyAB/darknet/cfg/yolov4.cfg", "AlexeyAB/darknet/cfg/yolov3-spp.cfg",
                                  "WongKinYiu/ScaledYOLOv4/yolov4-csp/models/yolov4.cfg"])  # fmt: skip
def test_a_text_that_darknet_and_theirs_have_is_darknets_with_a_notice(path: str) -> None:
    choice = choose(parse_cfg((UPSTREAM / path).read_text()))
    assert choice.author == "AlexeyAB"
    assert "--dialect alexeyab) to confirm that, or dialect='wongkinyiu'" in choice.notices[0].message


@published
def test_other_published_cfgs_of_darknets_are_darknets_without_a_word() -> None:
    for name in ("yolov4-csp.cfg", "yolov3.cfg", "darknet19.cfg"):
        assert choose(parse_cfg((UPSTREAM / "AlexeyAB/darknet/cfg" / name).read_text("utf-8", "replace"))).notices == ()


@published
def test_a_cfg_that_was_made_for_darknet_says_what_is_wrong_with_it() -> None:
    with pytest.raises(OptionError, match=r"yolov7_darknet.cfg:\d+: .convolutional. activation=silu: .* swish"):
        build_graph(UPSTREAM / "WongKinYiu/yolov7/darknet/cfg/yolov7_darknet.cfg")


def test_nothing_is_told_of_sections_below_a_darknet_cfg() -> None:
    assert notices(DETECTOR) == []
