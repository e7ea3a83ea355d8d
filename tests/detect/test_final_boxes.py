"""Models that end in final boxes, and models that take bytes, are detectors as the others are."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from darkcsp.cfg import parse_cfg
from darkcsp.detect import Detections, Detector
from darkcsp.errors import ArgumentError, CfgWarning, ModelError, UnsupportedLayerError
from darkcsp.graph import build_graph
from darkcsp.modelfile.options import Suppression
from darkcsp.runtimes import engines_of, open_runtime
from darkcsp.to_onnx import build_onnx, convert
from darkcsp.to_onnx.suppression import write_final_boxes
from tests.heads import head_cfg
from tests.networks import DETECTOR, graph_of, weights_of, write_files
from tests.pictures import imread
from tests.reference import UPSTREAM
from tests.running import run_model

Files = tuple[Path, Path]
LOW = Suppression(0.05, 0.3)
ENGINES = engines_of("opencv")
NEWEST = ENGINES[0]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return write_files(tmp_path, DETECTOR)


def pictures(count: int, size: tuple[int, int] = (40, 70)) -> list[npt.NDArray[np.uint8]]:
    rng = np.random.default_rng(5)
    return [rng.integers(0, 256, (*size, 3), np.uint8) for _ in range(count)]


def same(one: Detections, other: Detections, tolerance: float = 1e-4) -> None:
    assert len(one) == len(other)
    np.testing.assert_allclose(one.confidence, other.confidence, rtol=tolerance)
    np.testing.assert_array_equal(one.class_id, other.class_id)
    np.testing.assert_allclose(one.xyxy, other.xyxy, rtol=tolerance, atol=1e-2)


@pytest.mark.parametrize("suppression", [Suppression(), LOW, Suppression(0.1, 0.0, 0), Suppression(0.0, 1.0, 0)])
@pytest.mark.parametrize("backend", ["onnxruntime", "opencv"])
@pytest.mark.parametrize("batch", [1, 2, None])
def test_final_boxes_are_the_detector_s(
    batch: int | None, backend: str, suppression: Suppression, files: Files
) -> None:
    if backend == "opencv" and (NEWEST == "classic" or batch != 1):
        pytest.skip("OpenCV's new engine runs pictures one by one")
    path = convert(*files, head="nms", batch=batch, **suppression._asdict())
    model = Detector(path, backend=backend, engine=NEWEST if backend == "opencv" else "auto")
    assert (model.threshold, model.nms) == suppression[:2]
    other = Detector(cfg=files[0], weights=files[1], backend="onnxruntime", **suppression._asdict())
    given = pictures(3)
    for found, want in zip(model.batch(given), other.batch(given), strict=True):
        assert len(want) > 5
        same(found, want)


def test_the_rows_of_the_model(files: Files) -> None:
    path = convert(*files, head="nms", batch=2, **LOW._asdict())
    runtime = open_runtime(path, backend="onnxruntime")
    assert (runtime.output_names, runtime.metadata.head) == (("boxes",), "nms")
    batch = np.random.default_rng(0).random((3, *runtime.input_shape), np.float32)
    (rows,) = runtime.run(batch)
    assert rows.shape[1] == 7
    assert sorted(set(rows[:, 0].tolist())) == [0, 1, 2]
    assert set(rows[:, 1].tolist()) <= {0, 1}
    assert (rows[:, 2] > 0.05).all()
    assert (rows[:, 5:] >= rows[:, 3:5]).all()


@pytest.mark.parametrize("backend", ["onnxruntime", "opencv"])
def test_nothing_may_be_found(backend: str, files: Files) -> None:
    if backend == "opencv" and NEWEST == "classic":
        pytest.skip("OpenCV's new engine finds final boxes")
    for nms in (0.45, 0.0):
        path = convert(*files, head="nms", threshold=0.9, nms=nms)
        found = Detector(path, backend=backend, engine="auto").batch(pictures(3))
        assert [len(item) for item in found] == [0, 0, 0]


def test_letter_box_is_undone(tmp_path: Path) -> None:
    files = write_files(tmp_path, DETECTOR.replace("channels=3", "channels=3\nletter_box=1"))
    path = convert(*files, head="nms", batch=None)
    (picture,) = pictures(1, (20, 90))
    same(
        Detector(path, backend="onnxruntime")(picture),
        Detector(cfg=files[0], weights=files[1], backend="onnxruntime")(picture),
    )


def test_a_detector_may_ask_for_less_but_not_for_more(files: Files) -> None:
    path = convert(*files, head="nms", **LOW._asdict(), names=["cat", "dont_show"])
    (picture,) = pictures(1)
    every = Detector(path, backend="onnxruntime")(picture)
    some = Detector(path, backend="onnxruntime", threshold=0.15)(picture)
    assert set(every.names) == {"cat"}
    assert 0 < len(some) < len(every)
    same(some, every[every.confidence > 0.15])
    with pytest.raises(ArgumentError, match=r"gives only boxes above 0.05; threshold=0.01 needs another file"):
        Detector(path, backend="onnxruntime", threshold=0.01)
    with pytest.raises(
        ArgumentError,
        match=r"nms=0.3; nms=0.45 needs another file: darkcsp convert --head nms --nms 0.45",
    ):
        Detector(path, backend="onnxruntime", nms=0.45)


@pytest.mark.skipif("classic" not in ENGINES, reason="this OpenCV has no classic engine")
def test_the_classic_engine_is_refused(files: Files) -> None:
    path = convert(*files, head="nms")
    with pytest.raises(ModelError, match=r"OpenCV's engine 'classic' cannot run models that end in final boxes"):
        open_runtime(path, backend="opencv", engine="classic")


@pytest.mark.parametrize("kind", ["greedynms", "diounms"])
def test_other_suppression_is_warned_about(kind: str) -> None:
    graph = graph_of(DETECTOR.rstrip() + f"\nnms_kind={kind}\n")
    weights = weights_of(graph)
    with pytest.warns(CfgWarning, match=rf"\[yolo\] nms_kind={kind} subtracts the centres' distance"):
        build_onnx(graph, weights, head="nms")


def test_a_tree_of_classes_is_refused(tmp_path: Path) -> None:
    graph = build_graph(parse_cfg(head_cfg("region_tree"), str(tmp_path / "x.cfg")))
    with pytest.raises(UnsupportedLayerError, match="final boxes of a tree of classes"):
        build_onnx(graph, weights_of(graph), head="nms")


def final(rows: npt.ArrayLike, suppression: Suppression, gated: bool = False) -> npt.NDArray[np.float32]:
    """The final boxes of rows, by ONNX Runtime."""
    from onnx import TensorProto, helper

    from darkcsp.modelfile.targets import OPSET
    from darkcsp.to_onnx.emitter import Emitter

    given = np.array(rows, np.float32)[None]
    emit = Emitter()
    name = write_final_boxes(emit, "rows", given.shape[1], given.shape[2] - 5, suppression, gated)
    inputs = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, given.shape)]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 7])]
    graph = helper.make_graph(emit.nodes, "x", inputs, outputs, initializer=emit.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    (found,) = run_model(model, rows=given).values()
    return found


def test_limits_are_exclusive_and_boxes_without_area_overlap_nothing() -> None:
    half = [[0.25, 0.5, 0.5, 0.5, 1, 0.9], [0.5, 0.5, 0.5, 0.5, 1, 0.8]]  # overlap: a third
    assert len(final(half, Suppression(0.25, 0.3))) == 1
    assert len(final(half, Suppression(0.25, 0.34))) == 2
    equal = [[0.5, 0.5, 0.5, 0.5, 1, 0.9], [0.5, 0.5, 0.5, 0.25, 1, 0.8]]  # overlap: exactly a half
    assert len(final(equal, Suppression(0.25, 0.5))) == 2
    assert len(final([[0.5, 0.5, 0.2, 0.2, 1, 0.25]], Suppression(0.25, 0.45))) == 0
    assert len(final([[0.5, 0.5, 0, 0, 1, 0.9]] * 2, Suppression(0.25, 0.45))) == 2
    assert len(final([[0.5, 0.5, 0.2, 0.2, 1, 0.9]] * 2, Suppression(0.25, 0.0))) == 2
    assert len(final([[0.5, 0.5, 0.2, 0.2, 1, 0.9]] * 400, Suppression(0.25, 0.0))) == 400


def test_objectness_gates_where_a_probability_may_exceed_it() -> None:
    rows = [[0.5, 0.5, 0.2, 0.2, 0.2, 0.9], [0.1, 0.1, 0.2, 0.2, 0.3, 0.9]]
    assert len(final(rows, Suppression())) == 2
    assert len(final(rows, Suppression(), gated=True)) == 1


@pytest.mark.parametrize("backend", ["onnxruntime", "opencv"])
def test_a_model_that_takes_bytes_is_the_same_detector(backend: str, files: Files) -> None:
    path = convert(*files, batch=None if backend == "onnxruntime" else 1, input="uint8")
    given = pictures(3, (32, 32))  # no resizing, which would end in rounding
    model = Detector(path, backend=backend, threshold=0.1, max_detections=0)
    other = Detector(cfg=files[0], weights=files[1], backend="onnxruntime", threshold=0.1, max_detections=0)
    for found, want in zip(model.batch(given), other.batch(given), strict=True):
        assert len(want) > 5
        same(found, want)


def test_bytes_go_to_the_model_as_they_are(files: Files) -> None:
    runtime = open_runtime(convert(*files, input="uint8"), backend="onnxruntime")
    assert runtime.metadata.pixels == "uint8"
    assert runtime.input_shape == (3, 32, 32)
    bytes_ = np.stack(pictures(2, (32, 32)))
    planes = (bytes_[..., ::-1].transpose(0, 3, 1, 2) / 255).astype(np.float32)
    np.testing.assert_array_equal(runtime.run(bytes_)[0], runtime.run(planes)[0])
    with pytest.raises(ModelError, match=r"takes batches of shape \(N, 3, 32, 32\)"):
        runtime.run(bytes_[:, :16])


CHECKPOINTS = sorted((UPSTREAM / "dog-qiuqiu").rglob("*.weights"))


@pytest.mark.parametrize("path", CHECKPOINTS, ids=lambda path: path.stem)
def test_final_boxes_of_trained_networks(path: Path, tmp_path: Path) -> None:
    """On photographs, with the suppression that the operator knows."""
    cfg = tmp_path / "x.cfg"
    cfg.write_text(path.with_suffix(".cfg").read_text("utf-8").replace("nms_kind=greedynms", "nms_kind=default"))
    model = Detector(convert(cfg, path, tmp_path / "x.onnx", head="nms"), backend="onnxruntime")
    bytes_ = Detector(convert(cfg, path, tmp_path / "y.onnx", input="uint8"), backend="onnxruntime")
    other = Detector(cfg=cfg, weights=path, backend="onnxruntime")
    found = 0
    for picture in sorted((UPSTREAM / "images").glob("*.jpg")):
        image = imread(picture)
        want = other(image)
        same(model(image), want)
        found += len(want)
        size = (model.runtime.input_shape.w, model.runtime.input_shape.h)
        fitting = np.asarray(cv2.resize(image, size), np.uint8)  # no rounding to bytes
        same(bytes_(fitting), other(fitting), 1e-3)
    assert found >= 4
