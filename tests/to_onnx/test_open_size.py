"""Models for any number of pictures of any size give what those for one size give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest

import darkcsp
from darkcsp.errors import ArgumentError, ModelError
from darkcsp.graph import Graph, build_graph
from darkcsp.graph.resizing import resized
from darkcsp.modelfile.reading import read_onnx_file
from darkcsp.modelfile.targets import TARGETS
from darkcsp.precision import convert_precision
from darkcsp.runtimes import open_runtime
from darkcsp.runtimes.backends import is_installed
from darkcsp.runtimes.source import OnnxSource, read_source
from darkcsp.to_onnx import build_onnx, convert
from tests.heads import HEADS, write_head_cfg
from tests.networks import CLASSIFIER, DETECTOR, graph_of, weights_of, write_files
from tests.reference import Cases, paths_of
from tests.running import run_model
from tests.single import PICTURE, conv, section, their_conv

every_case = pytest.mark.parametrize(
    ("cases", "path"), paths_of("op"), ids=lambda item: item.stem if isinstance(item, Path) else item.family
)
EVEN = "[net]\nwidth=8\nheight=8\nchannels=3\n\n"
SIZES = [(1, 1), (2, 1), (2, 3)]
"""Multiples of the cfg's width and height."""


def pictures_for(graph: Graph, count: int, pixels: str = "float32") -> Any:
    values = np.random.default_rng(0).random((count, *graph.input), np.float32)
    return values if pixels == "float32" else (255 * values).astype(np.uint8).transpose(0, 2, 3, 1).copy()


def holds_to_fixed(graph: Graph, factors: tuple[int, int], **options: Any) -> None:
    weights = weights_of(graph)
    model = build_onnx(graph, weights, batch="dynamic", size="dynamic", **options)
    onnx.checker.check_model(model, full_check=True)
    other = resized(graph, (factors[0] * graph.input.w, factors[1] * graph.input.h))
    for count in (1, 3):
        given = pictures_for(other, count, options.get("input", "float32"))
        found = run_model(model, images=given)
        wanted = run_model(build_onnx(other, weights, batch=count, **options), images=given)
        assert found.keys() == wanted.keys()
        for name, values in wanted.items():
            np.testing.assert_allclose(found[name], values, rtol=1e-5, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("factors", SIZES)
@pytest.mark.parametrize("kind", [kind for kind in HEADS if not kind.startswith("detection")])
def test_every_head_is_decoded_by_the_size_that_comes(kind: str, factors: tuple[int, int], tmp_path: Path) -> None:
    graph = build_graph(write_head_cfg(kind, tmp_path))
    holds_to_fixed(graph, factors)
    holds_to_fixed(graph, factors, head="raw", taps="all")


@pytest.mark.parametrize("dialect", ["wongkinyiu", "wongkinyiu-u3"])
def test_their_heads_are_decoded_by_the_size_that_comes(dialect: Any) -> None:
    text = "[net]\nwidth=64\nheight=32\n\n" + their_conv(21, stride=8)
    text += section("yolo", mask="0,1,2", anchors="10,13, 16,30, 33,23", classes=2, num=3)
    holds_to_fixed(graph_of(text, dialect=dialect), (2, 3))


@every_case
def test_every_layer_is_what_it_is_at_one_size_or_the_model_is_refused(cases: Cases, path: Path) -> None:
    graph = cases.load(path).graph()
    try:
        holds_to_fixed(graph, (2, 3), head="raw", taps="all")
    except ArgumentError as error:
        assert "cannot become a model for pictures of any size" in str(error)


def test_most_layers_can_be_for_any_size() -> None:
    refused = 0
    cases = paths_of("op")
    for family, path in cases:
        graph = family.load(path).graph()
        try:
            build_onnx(graph, weights_of(graph), head="raw", size="dynamic")
        except ArgumentError:
            refused += 1
    assert refused < 0.25 * len(cases)  # those with [connected], [local], [crop] and state


@pytest.mark.parametrize("target", [name for name, info in TARGETS.items() if info.takes_any_size])
@pytest.mark.parametrize("options", [{}, {"input": "uint8"}, {"head": "nms", "threshold": 0.02}, {"head": "raw"}])
@pytest.mark.parametrize("text", [DETECTOR, CLASSIFIER])
def test_whole_networks_agree_on_every_target(text: str, options: dict[str, Any], target: str) -> None:
    holds_to_fixed(graph_of(text), (2, 3), target=target, **options)


def test_open_dimensions_have_names() -> None:
    graph = graph_of(DETECTOR)
    model = build_onnx(graph, weights_of(graph), batch="dynamic", size="dynamic", taps=[0])
    shapes = {
        value.name: [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in [*model.graph.input, *model.graph.output]
    }
    assert shapes == {
        "images": ["batch", 3, "height", "width"],
        "detections": ["batch", "detections_rows", 7],
        "layer_000": ["batch", 8, "layer_000_height", "layer_000_width"],
    }
    properties = {item.key: item.value for item in model.metadata_props}
    assert json.loads(properties["darkcsp.dynamic"]) == ["batch", "size"]


def test_batch_may_be_dynamic_alone() -> None:
    graph = graph_of(DETECTOR)
    weights = weights_of(graph)
    assert build_onnx(graph, weights, batch="dynamic") == build_onnx(graph, weights, batch=None)
    model = build_onnx(graph, weights, size="dynamic")
    assert [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim] == [1, 3, 0, 0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PICTURE + section("connected", output=2), r"\[connected\] layer 0 is made for one size only"),
        (
            "[net]\nwidth=8\nheight=8\nchannels=3\n" + section("crop", crop_width=4, crop_height=4),
            "what L000_crop becomes depends on the size",
        ),
        (PICTURE + section("crnn", output=2, hidden=2, pad=1), "carries state from picture to picture"),
        (PICTURE + conv(2) + section("softmax"), "what L001_softmax becomes depends on the size"),
    ],
)
def test_networks_of_one_size_are_refused_by_name(text: str, reason: str) -> None:
    graph = graph_of(text)
    with pytest.raises(ArgumentError, match=rf"x\.cfg: cannot become a model for pictures of any size: .*{reason}"):
        build_onnx(graph, weights_of(graph), size="dynamic")


def test_targets_that_need_a_size_are_refused_by_name() -> None:
    with pytest.raises(ArgumentError, match=r"OpenCV 5's classic engine needs a size; .* portable, opencv,"):
        darkcsp.ExportOptions(target="opencv-classic", size="dynamic")
    for given in ("large", "dynamic "):
        with pytest.raises(ArgumentError, match=r"size='.*': expected .* or 'dynamic'"):
            darkcsp.ExportOptions(size=given)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"batch='many': expected .* or 'dynamic'"):
        darkcsp.ExportOptions(batch="many")  # type: ignore[arg-type]


# --- opened


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    folder = tmp_path_factory.mktemp("dynamic")
    cfg, weights = write_files(folder, DETECTOR)
    return cfg, weights, convert(cfg, weights, folder / "x.onnx", batch="dynamic", size="dynamic")


BACKENDS = [name for name in ("onnxruntime", "openvino", "opencv") if is_installed(name)]


@pytest.mark.parametrize("size", [None, (32, 32), (64, 96)])
@pytest.mark.parametrize("backend", BACKENDS)
def test_detectors_run_them_at_the_size_they_are_asked_for(
    backend: str, size: tuple[int, int] | None, files: tuple[Path, Path, Path]
) -> None:
    cfg, weights, model = files
    engine = "new" if backend == "opencv" and hasattr(cv2.dnn, "ENGINE_NEW") else "auto"
    options: dict[str, Any] = {"threshold": 0.05, "size": size, "max_detections": 0}
    detector = darkcsp.Detector(model, backend=backend, engine=engine, **options)
    wanted = darkcsp.Detector(cfg=cfg, weights=weights, backend="onnxruntime", **options)
    width, height = size or (32, 32)
    assert detector.runtime.metadata.input == detector.runtime.input_shape == (3, height, width)
    assert detector.runtime.metadata.dynamic == ("batch", "size")
    images = np.random.default_rng(0).integers(0, 256, (2, 50, 70, 3), np.uint8)
    for found, expected in zip(detector.batch(list(images)), wanted.batch(list(images)), strict=True):
        assert len(found) == len(expected) > 0
        np.testing.assert_allclose(found.confidence, expected.confidence, rtol=1e-4)
    batch = np.random.default_rng(0).random((2, 3, height, width), np.float32)
    (rows,), (expected_rows,) = detector.runtime.run(batch), wanted.runtime.run(batch)
    np.testing.assert_allclose(rows, expected_rows, rtol=1e-4, atol=1e-5)


@pytest.mark.skipif(not hasattr(cv2.dnn, "ENGINE_CLASSIC"), reason="needs OpenCV 5")
def test_opencvs_classic_engine_refuses_them_by_name(files: tuple[Path, Path, Path]) -> None:
    with pytest.raises(ModelError, match="OpenCV's engine 'classic' cannot run models that take pictures of any size"):
        open_runtime(files[2], backend="opencv", engine="classic")


def test_other_processes_open_them_at_the_same_size(files: tuple[Path, Path, Path]) -> None:
    source = OnnxSource(read_onnx_file(files[2]), size=(64, 96))
    again = read_source(json.loads(json.dumps(source.arguments)))
    assert again.fingerprint() == source.fingerprint() != OnnxSource(read_onnx_file(files[2])).fingerprint()
    with again.onnx("portable", None) as file:
        assert json.loads(file.properties["darkcsp.input"]) == {"channels": 3, "height": 96, "width": 64}


def test_files_of_one_size_keep_it(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    fixed = convert(files[0], files[1], tmp_path / "fixed.onnx")
    with pytest.raises(ArgumentError, match="takes 32x32 pictures, not 64x96"):
        open_runtime(fixed, backend="onnxruntime", size=(64, 96))


def test_sizes_at_which_layers_do_not_fit_are_told(files: tuple[Path, Path, Path]) -> None:
    runtime = open_runtime(files[2], backend="onnxruntime", size=(30, 42))
    with pytest.raises(ModelError, match=r"x\.onnx: onnxruntime/default failed"):
        runtime.run(np.zeros((1, 3, 42, 30), np.float32))


def test_changed_files_are_tried_at_the_size_they_are_opened_at(
    files: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARKCSP_CACHE", str(tmp_path / "cache"))
    model = onnx.load(files[2])
    model.graph.doc_string = "touched"
    onnx.save(model, tmp_path / "touched.onnx")
    runtime = open_runtime(tmp_path / "touched.onnx", backend="onnxruntime", size=(64, 96))
    assert runtime.run(np.zeros((1, 3, 96, 64), np.float32))[0].shape == (1, 2304, 7)
    with pytest.raises(ModelError, match=r"onnxruntime/default failed"):
        open_runtime(tmp_path / "touched.onnx", backend="onnxruntime", size=(30, 42), trust=True).run(
            np.zeros((1, 3, 42, 30), np.float32)
        )


@pytest.mark.parametrize("precision", ["fp16", "int8"])
def test_lower_precisions_can_be_for_any_size(precision: Any, files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    cfg, weights, _ = files
    pictures = [tmp_path / f"{number}.png" for number in range(4)]
    for number, path in enumerate(pictures):
        cv2.imwrite(str(path), np.random.default_rng(number).integers(0, 256, (50, 60, 3), np.uint8))
    model = tmp_path / "x.onnx"
    convert_precision(cfg, weights, model, calibration=pictures, precision=precision, size="dynamic")
    batch = np.random.default_rng(0).random((1, 3, 96, 64), np.float32)
    (found,) = open_runtime(model, backend="onnxruntime", size=(64, 96)).run(batch)
    (wanted,) = open_runtime(cfg=cfg, weights=weights, backend="onnxruntime", size=(64, 96)).run(batch)
    np.testing.assert_allclose(found, wanted, atol=0.002 if precision == "fp16" else 0.1)
