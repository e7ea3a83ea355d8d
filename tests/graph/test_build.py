from __future__ import annotations

import pytest

from darkcsp.cfg import parse_cfg
from darkcsp.errors import ArgumentError, CfgError, GraphError, OptionError
from darkcsp.graph import Graph, build_graph
from darkcsp.spec.program import SEMANTICS, Program, Semantics

NET = "[net]\nwidth=16\nheight=8\nchannels=3\n"
CONV = "[convolutional]\nfilters={}\nsize=3\npad=1\nstride={}\nactivation=leaky\n"


def build(text: str, **options: object) -> Graph:
    return build_graph(parse_cfg(text, "x.cfg"), **options)  # type: ignore[arg-type]


def test_shapes_references_and_totals() -> None:
    graph = build(NET + CONV.format(4, 2) + CONV.format(6, 1) + "[route]\nlayers=-1,0\n" + "[shortcut]\nfrom=2\n")
    assert [tuple(spec.output) for spec in graph.layers] == [(4, 4, 8), (6, 4, 8), (10, 4, 8), (10, 4, 8)]
    assert graph.layers[2].sources == (1, 0)
    assert graph.layers[3].sources == (2, 2)
    assert graph.consumers == ((1, 2), (2,), (3,), ())
    assert graph.parameters == 4 + 4 * 27 + 6 + 6 * 36
    assert graph.flops == 2 * 4 * 27 * 32 + 2 * 6 * 36 * 32 + 10 * 32
    assert (graph.heads, graph.raw_outputs, graph.program.author, graph.notices) == ((), (3,), "AlexeyAB", ())


def test_size_replaces_the_cfgs_own() -> None:
    assert build(NET + CONV.format(4, 2), size=(32, 64)).layers[0].output == (4, 32, 16)
    with pytest.raises(CfgError, match="at least 1x1"):
        build(NET + CONV.format(4, 2), size=(0, 4))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (NET + "[convolutionl]\n", r"x\.cfg:5: \[convolutionl\] is not a layer .* did you mean \[convolutional\]\?"),
        (NET + CONV.format(4, 1) + "[net]\n", r"x\.cfg:11: \[net\] is not the first section"),
        (NET, "has no layers below"),
        (
            "[net]\nwidth=8\n" + CONV.format(4, 1),
            r"x\.cfg:2: \[net\] width=8: there is no input size; set width, height and channels",
        ),
        (NET + CONV.format(4, 1) + "[route]\nlayers=1\n", r"x\.cfg:12: \[route\] layers=1: there is no such layer"),
        (NET + CONV.format(4, 1) + "[route]\nlayers=-2\n", "there is no such layer above layer 1"),
        (NET + CONV.format(4, 1) + "[route]\n", "layers: is missing"),
        (NET + CONV.format(4, 0), r"stride=0: must be 1 or more"),
        (NET + CONV.format(4, 9) + CONV.format(4, 1) + "[upsample]\nstride=0\n", r"stride=0: must not be 0"),
        (NET + CONV.format(4, 1) + CONV.format(4, 2) + "[route]\nlayers=0,1\n", "layer 0 is 4x8x16, layer 1 is 4x4x8"),
    ],
)
def test_what_is_no_network_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(CfgError, match=message) as error:
        build(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("semantics", SEMANTICS)
def test_semantics_do_not_change_whose_rules_hold(semantics: Semantics) -> None:
    for below, author in (("", "AlexeyAB"), ("[l2norm]\n", "pjreddie"), ("[shortcut]\nfrom=-2\n", "pjreddie")):
        graph = build(NET + CONV.format(4, 1) + CONV.format(4, 2) + below, semantics=semantics)
        assert graph.program == Program(author, semantics)  # type: ignore[arg-type]


def test_unknown_semantics_are_refused() -> None:
    with pytest.raises(ArgumentError, match="semantics='gpu': expected one of trained, cpu"):
        build(NET + CONV.format(4, 1), semantics="gpu")


def test_kinds_of_errors() -> None:
    with pytest.raises(OptionError):
        build(NET + CONV.format(4, 0))
    with pytest.raises(GraphError):
        build(NET + "[nothing]\n")


def test_too_large_and_too_small_layers_are_refused() -> None:
    with pytest.raises(CfgError, match="at most 2147483647"):
        build("[net]\nwidth=60000\nheight=60000\nchannels=3\n" + CONV.format(64, 1))
    with pytest.raises(CfgError, match="which is empty"):
        build(NET + "[convolutional]\nfilters=1\nsize=11\n")


def test_sizes_that_no_int_holds_are_refused() -> None:
    with pytest.raises(CfgError, match="is too large: Darknet counts up to 2147483647 pixels"):
        build(NET + CONV.format(4, 1), size=(10**5000, 1))


def test_unknown_options_are_noticed_and_strictly_refused() -> None:
    text = NET + CONV.format(4, 1) + "fliters=8\nlearning_rate=2\n"
    graph = build(text)
    assert [str(notice) for notice in graph.notices] == [
        "x.cfg:11: [convolutional] fliters=8: [convolutional] has no option fliters; Darknet ignores it"
    ]
    with pytest.raises(CfgError, match=r"x\.cfg:11:.*fliters"):
        build(text, strict=True)


def test_unknown_activations_are_an_error_that_names_what_is_known() -> None:
    with pytest.raises(OptionError, match=r"x\.cfg:6: .* activation=leeky: AlexeyAB's .* it knows elu, gelu"):
        build(NET + "[convolutional]\nactivation=leeky\n")


def test_unknown_activations_are_relu_with_a_notice_to_the_permissive() -> None:
    graph = build(NET + "[convolutional]\nactivation=leeky\n", permissive=True)
    assert graph.layers[0].activation == "relu"  # type: ignore[attr-defined]
    assert "uses relu" in str(graph.notices[0])


def test_what_the_fork_refuses_is_read_as_pjreddies() -> None:
    text = NET + CONV.format(4, 1) + CONV.format(8, 2) + "[shortcut]\nfrom=-2\nactivation=mish\n"
    with pytest.raises(GraphError, match="height and width must be equal"):
        build(text)
    graph = build(text, permissive=True)
    assert graph.program.author == "pjreddie"
    assert graph.layers[2].activation == "relu"  # type: ignore[attr-defined]  # pjreddie's knows no mish
    assert "AlexeyAB's rejects it" in str(graph.notices[0])


def test_a_section_that_only_pjreddies_program_knows_makes_the_cfg_its() -> None:
    graph = build(NET + CONV.format(4, 1) + "[l2norm]\n")
    assert graph.program.author == "pjreddie"
    assert "[l2norm] is an unknown layer there" in str(graph.notices[0])
    with pytest.raises(GraphError, match=r"\[sam\] is not a layer that Darknet knows"):
        build(NET + CONV.format(4, 1) + "[l2norm]\n[sam]\nfrom=-2\n")


def test_an_error_that_both_programs_find_is_told_as_the_forks() -> None:
    with pytest.raises(CfgError, match="height and width must be equal"):
        build(NET + CONV.format(4, 1) + CONV.format(4, 3) + "[shortcut]\nfrom=-2\n[route]\nlayers=0,1\n")


def test_heads_give_what_they_are_given() -> None:
    head = "[convolutional]\nfilters=14\nsize=1\nactivation=linear\n[yolo]\nclasses=2\nnum=2\nanchors=1,2,3,4\n"
    graph = build(NET + CONV.format(4, 2) + head)
    assert [spec.index for spec in graph.heads] == [2]
    assert graph.raw_outputs == (1,)
    assert graph.heads[0].boxes == 2 * 4 * 8
    with pytest.raises(GraphError, match="set filters=14 there"):
        build(NET + CONV.format(4, 2) + "[yolo]\nclasses=2\nnum=2\n")


def test_the_output_of_a_classifier_is_before_the_cost() -> None:
    graph = build(NET + CONV.format(4, 2) + "[avgpool]\n[softmax]\n[cost]\n")
    assert (graph.output.index, graph.raw_outputs) == (2, (2,))
