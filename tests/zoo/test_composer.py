from __future__ import annotations

from darkcsp.graph import build_graph
from darkcsp.layers.maxpool import MaxpoolDepth
from darkcsp.zoo.composer import Composer, Feature


def composer(size: int = 64) -> Composer:
    return Composer({"width": size, "height": size, "channels": 3})


def test_a_feature_knows_its_layer_channels_and_stride() -> None:
    net = composer()
    assert net.last == Feature(-1, 3, 1)
    first = net.conv(8, 3, 2)
    assert first == Feature(0, 8, 2)
    assert net.maxpool(2, 2) == Feature(1, 8, 4)
    assert net.upsample(2) == Feature(2, 8, 2)
    assert net.route(first, net.last) == Feature(3, 16, 2)
    assert net.group(net.last, 4, 1) == Feature(4, 4, 2)
    assert net.avgpool() == Feature(5, 4, 0)


def test_features_are_what_the_graph_makes_of_the_cfg() -> None:
    net = composer()
    features = [net.conv(8, 3, 2), net.conv(16, 3), net.maxpool(3, 1), net.maxout(4), net.local_avgpool(2, 2)]
    features += [net.batchnorm(), net.activate("relu"), net.upsample(2), net.dropout(0.5)]
    features += [net.route(features[0], net.last), net.conv(4, groups=2, normalize=False)]
    graph = build_graph(net.cfg())
    for feature, spec in zip(features, graph.layers, strict=True):
        assert (feature.index, feature.channels) == (spec.index, spec.output.c)
        assert feature.stride == graph.input.w // spec.output.w
    assert isinstance(graph.layers[3], MaxpoolDepth)
    assert graph.notices == ()


def test_a_source_that_is_not_above_is_routed_to() -> None:
    net = composer()
    first = net.conv(8, 3)
    second = net.conv(16, source=first)
    third = net.conv(4, source=first)
    assert (second.index, third.index) == (1, 3)
    graph = build_graph(net.cfg())
    assert [spec.type for spec in graph.layers] == ["convolutional", "convolutional", "route", "convolutional"]
    assert graph.layers[2].sources == (0,)


def test_references_are_relative_so_that_sections_can_be_moved() -> None:
    net = composer()
    first = net.conv(8, 3)
    net.conv(8, 3)
    net.shortcut(first)
    assert "from=-2\n" in str(net.cfg())


def test_a_vector_is_spread_over_a_feature() -> None:
    net = composer()
    feature = net.conv(8, 3, 2)
    net.avgpool(feature)
    assert net.spread(net.conv(8), feature) == Feature(3, 8, 2)
    net.shortcut(feature)
    assert build_graph(net.cfg()).layers[3].output == (8, 32, 32)


def test_the_header_becomes_comments() -> None:
    net = composer()
    net.conv(1)
    assert str(net.cfg("one\ntwo")).startswith("# one\n# two\n\n[net]\n")
