"""Each pass does something, and changes no layer by more than rounding does."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

import numpy as np
import numpy.typing as npt
import onnx
import pytest

import darkcsp.to_onnx.passes
from darkcsp.errors import ArgumentError
from darkcsp.graph import Graph
from darkcsp.modelfile.forms import InputType
from darkcsp.modelfile.options import ExportOptions
from darkcsp.modelfile.targets import TARGETS, Target
from darkcsp.modelfile.writing import assemble
from darkcsp.to_onnx import build_onnx, model_parts
from darkcsp.to_onnx.passes import NAMES, PASSES, default_passes
from darkcsp.to_onnx.pattern import Op
from darkcsp.weightfile import Weights
from tests.networks import DETECTOR, graph_of, weights_of
from tests.running import run_model
from tests.single import conv

Arrays = dict[str, npt.NDArray[np.float32]]

PICTURE = "[net]\nwidth=20\nheight=16\nchannels=3\n\n"
TEXT = PICTURE + "".join(
    [
        conv(16, batch_normalize=1, activation="mish"),
        conv(32, batch_normalize=1, groups=16, activation="mish"),  # a channel and two filters to a group
        conv(32, batch_normalize=1, groups=8, activation="leaky", stride=2),
        conv(16, groups=16),  # two channels and a filter
        conv(64, size=1, batch_normalize=1, activation="relu"),
        conv(64, groups=8, batch_normalize=1, activation="swish"),  # half a block of ONNX Runtime's
        conv(64, groups=64, activation="mish"),  # depthwise
        conv(24, stride=2, batch_normalize=1, activation="leaky"),
        conv(10, size=1, pad=0),
    ]
)
TOLERANCE = 1e-5


def parsed(text: str) -> tuple[Graph, Weights]:
    graph = graph_of(text)
    return graph, weights_of(graph)


def ran(model: onnx.ModelProto) -> Arrays:
    onnx.checker.check_model(model, full_check=True)
    (images,) = model.graph.input
    rng = np.random.default_rng(3)
    tensor = images.type.tensor_type
    shape = [size.dim_value or 2 for size in tensor.shape.dim]
    is_bytes = tensor.elem_type == onnx.TensorProto.UINT8
    given = rng.integers(0, 256, shape, np.uint8) if is_bytes else rng.random(shape, np.float32)
    return run_model(model, **{images.name: given})


def written(
    without: str = "", target: Target = "portable", kind: InputType = "uint8", text: str = TEXT
) -> onnx.ModelProto:
    """The model with all passes but one, whether they pay on the target or not."""
    graph, weights = parsed(text)
    passes = [name for name in NAMES if name != without]
    options = ExportOptions(head="raw", taps="all", target=target, input=kind)
    return assemble(model_parts(graph, weights, options, passes))


def held(one: Arrays, other: Arrays) -> None:
    assert one.keys() == other.keys()
    for name, want in other.items():
        assert np.abs(one[name] - want).max() <= TOLERANCE * np.abs(want).max(), name


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("fold-shift", "fold-control")])
def test_a_pass_changes_no_layer(name: str, target: Target) -> None:
    with_it, without = written("", target), written(name, target)
    assert with_it.graph != without.graph
    held(ran(with_it), ran(without))


@pytest.mark.parametrize("kind", ["float32", "uint8"])
def test_all_passes_together_change_no_layer(kind: InputType) -> None:
    graph, weights = parsed(TEXT)
    plain = build_onnx(graph, weights, head="raw", taps="all", input=kind, without="all")
    held(ran(written(kind=kind)), ran(plain))


@pytest.mark.parametrize("batch", [2, None])
def test_passes_hold_for_batches(batch: int | None) -> None:
    graph, weights = parsed(TEXT)
    held(
        ran(assemble(model_parts(graph, weights, ExportOptions(batch=batch, input="uint8"), NAMES))),
        ran(build_onnx(graph, weights, batch=batch, input="uint8", without="all")),
    )


def operators(model: onnx.ModelProto) -> Counter[str]:
    return Counter(node.op_type for node in model.graph.node)


def test_what_each_pass_does() -> None:
    assert operators(written("fold-batchnorm"))["Mul"] - operators(written())["Mul"] == 6
    assert {"Softplus", "Tanh"} <= operators(written("mish-by-exponential")).keys()
    assert not {"Softplus", "Tanh"} & operators(written()).keys()
    assert operators(written("fold-picture"))["Gather"] == 1
    assert "Gather" not in operators(written())
    assert operators(written())["MatMul"] == 3
    assert operators(written("pointwise-matmul"))["Conv"] == 8
    assert operators(written("strided-matmul"))["Conv"] == 7


@pytest.mark.parametrize(
    ("target", "groups"),
    [("opencv", [4, 4, 2, 8, 64]), ("opencv-classic", [4, 8, 2, 8, 64]), ("onnxruntime", [16, 8, 16, 4, 64])],
)
def test_groups_are_merged_to_the_width_that_the_target_wants(target: Target, groups: list[int]) -> None:
    found = [
        onnx.helper.get_attribute_value(attribute)
        for node in written(target=target).graph.node
        if node.op_type == "Conv"
        for attribute in node.attribute
        if attribute.name == "group"
    ]
    assert found[1:] == groups


def test_a_picture_that_no_plain_convolution_reads_stays() -> None:
    maxpool = PICTURE + "[maxpool]\nsize=2\nstride=2\n\n" + conv(4)
    for text in (maxpool, PICTURE + conv(6, groups=3)):
        assert operators(written(text=text))["Gather"] == 1
        held(ran(written(text=text)), ran(written("fold-picture", text=text)))


@pytest.mark.parametrize(
    "options",
    [
        {"size": 7, "stride": 2},
        {"size": 3, "stride": 3, "pad": 0},
        {"size": 2, "stride": 2},
        {"size": 5, "stride_x": 2, "stride_y": 3},
    ],
)
def test_windows_of_every_form(options: dict[str, int]) -> None:
    text = PICTURE + conv(6, batch_normalize=1, activation="leaky", **options)
    assert operators(written(text=text))["MatMul"] == 1
    held(ran(written(text=text)), ran(written("strided-matmul", text=text)))


@pytest.mark.parametrize(("target", "products"), [("portable", 3), ("opencv-classic", 1), ("opencv", 2)])
def test_what_a_target_is_faster_at_stays(target: Target, products: int) -> None:
    text = PICTURE + conv(8, stride=2) + conv(64, stride=2) + conv(4, stride=2)
    assert operators(written(target=target, text=text))["MatMul"] == products
    held(ran(written(target=target, text=text)), ran(written("strided-matmul", target=target, text=text)))


def test_pointwise_convolutions_of_few_pixels_stay() -> None:
    text = PICTURE.replace("height=16", "height=8") + conv(8, stride=2) + conv(8, stride=2) + conv(8, size=1)
    assert "MatMul" not in operators(written("strided-matmul", text=text))


def test_grey_pictures_have_no_order() -> None:
    text = TEXT.replace("channels=3", "channels=1")
    assert "Gather" not in operators(written("fold-picture", text=text))
    held(ran(written(text=text)), ran(written("fold-picture", text=text)))


def test_uint8_is_the_same_network() -> None:
    graph, weights = parsed(DETECTOR)
    picture = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3), np.uint8)
    planes = (picture[..., ::-1].transpose(0, 3, 1, 2) / 255).astype(np.float32)
    found: list[np.typing.NDArray[np.float32]] = []
    for kind, given in (("uint8", picture), ("float32", planes)):
        model = build_onnx(graph, weights, input=kind)  # type: ignore[arg-type]
        found += run_model(model, images=given).values()
    first, second = found
    np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-6)


def test_shared_options() -> None:
    assert len(set(NAMES)) == len(PASSES)
    assert all(item.about for item in PASSES)
    assert "pointwise-matmul" not in default_passes("portable")
    with pytest.raises(ArgumentError, match=r"without='fast': expected one of fold-batchnorm, .*, all"):
        build_onnx(*parsed(DETECTOR), without=["fast"])


def test_every_module_is_in_the_list() -> None:
    modules = [
        importlib.import_module(f"{darkcsp.to_onnx.passes.__name__}.{module.name}")
        for module in pkgutil.iter_modules(darkcsp.to_onnx.passes.__path__)
    ]
    assert {module.PASS for module in modules} == set(PASSES)
    assert {module.PASS.name: module.__name__.rpartition(".")[2] for module in modules} == {
        name: name.replace("-", "_") for name in NAMES
    }


def test_patterns_name_operators_that_there_are() -> None:
    def kinds(pattern: Op) -> set[str]:
        return {pattern.type}.union(*(kinds(part) for part in pattern.inputs if isinstance(part, Op)))

    for item in PASSES:
        for kind in set().union(*map(kinds, item.patterns)):
            assert onnx.defs.has(kind), (item.name, kind)


def test_targets_name_passes_that_there_are() -> None:
    assert {name for info in TARGETS.values() for name in info.passes} == set(NAMES)


@pytest.mark.parametrize("target", TARGETS)
def test_int8_merges_groups_and_keeps_convolutions(target: Target) -> None:
    names = default_passes(target, "int8")
    assert "merge-groups" in names
    assert not any(name.endswith("-matmul") for name in names)
    others = {"merge-groups", "pointwise-matmul", "strided-matmul"}
    assert set(names) - others == set(default_passes(target)) - others
