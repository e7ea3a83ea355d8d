"""A network of WongKinYiu's from its files to boxes, on every way that there is."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import darkcsp
from darkcsp.checkpoint import read_parameters
from darkcsp.decode import decode
from darkcsp.errors import ArgumentError, CfgWarning
from darkcsp.graph import build_graph
from darkcsp.graph.reading import CfgReading
from darkcsp.modelfile.forms import FINAL_COLUMNS
from darkcsp.runtimes.source import read_darknet, read_source
from darkcsp.to_onnx import build_onnx, convert
from tests.checkpoint.test_reading import TEXT, save_pt, their_tensors
from tests.modules import torch_heads
from tests.networks import weights_of
from tests.reference import Array
from tests.running import run_model
from tests.single import close, numbers, read_as_theirs

PICTURE = np.random.default_rng(3).integers(0, 256, (30, 50, 3), np.uint8)
Files = tuple[Path, Path]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """cfg and checkpoint."""
    cfg, checkpoint = tmp_path / "x.cfg", tmp_path / "x.pt"
    cfg.write_text(TEXT)
    graph = read_as_theirs(TEXT)
    save_pt(their_tensors(graph, weights_of(graph)), checkpoint)
    return cfg, checkpoint


def decoded(given: Array) -> Array:
    graph = read_as_theirs(TEXT)
    return decode(graph, torch_heads(graph, weights_of(graph), given))


def test_load_reads_a_checkpoint(files: Files) -> None:
    torch = pytest.importorskip("torch")
    given = numbers(1, 3, 8, 16)
    network = darkcsp.load(*files, dialect="wongkinyiu")
    with torch.no_grad():
        heads = [head.numpy() for head in network(torch.from_numpy(given))]
    close(decode(network.graph, heads), decoded(given))
    with pytest.warns(CfgWarning, match="only WongKinYiu's PyTorch programs know"):
        darkcsp.load(*files)


@pytest.mark.parametrize("backend", ["onnxruntime", "opencv", "torch"])
def test_every_backend_gives_the_same_rows(backend: str, files: Files) -> None:
    cfg, checkpoint = files
    given = numbers(1, 3, 8, 16)
    runtime = darkcsp.runtimes.open_runtime(cfg=cfg, weights=checkpoint, backend=backend, dialect="wongkinyiu")
    (rows,) = runtime.run(given)
    close(rows, decoded(given))
    assert runtime.metadata.resize == "wongkinyiu"


def test_detections_are_the_same_from_files_and_from_the_model(files: Files) -> None:
    cfg, checkpoint = files
    model = convert(cfg, checkpoint, dialect="wongkinyiu")
    assert model == checkpoint.with_suffix(".onnx")
    one = darkcsp.Detector(model, backend="onnxruntime", threshold=0.1)(PICTURE)
    other = darkcsp.Detector(cfg=cfg, weights=checkpoint, backend="onnxruntime", threshold=0.1, dialect="wongkinyiu")
    found = other(PICTURE)
    assert len(one) == len(found) > 0
    close(one.xyxy, found.xyxy, 1e-4)
    assert found.xyxy.min() >= 0 and found.xyxy.max() <= 50


def test_final_boxes_say_what_they_leave_out() -> None:
    graph = read_as_theirs(TEXT)
    with pytest.warns(CfgWarning, match="keeps the 300 most certain boxes of all classes, ONNX's operator does not"):
        model = build_onnx(graph, weights_of(graph), head="nms", threshold=0.1, nms=0.5)
    final = run_model(model, images=numbers(1, 3, 8, 16))["boxes"]
    assert final.shape[1] == len(FINAL_COLUMNS) and len(final)
    rows = decoded(numbers(1, 3, 8, 16))[0]
    assert final[:, 2].max() == pytest.approx(rows[:, 5:].max(), rel=1e-5)


def test_the_form_of_opencv_4() -> None:
    graph = read_as_theirs(TEXT)
    given = numbers(1, 3, 8, 16)
    (rows,) = run_model(build_onnx(graph, weights_of(graph), head="opencv4"), images=given).values()
    want = decoded(given)[0]
    close(rows, np.concatenate([want[:, :5], np.where(want[:, 5:] > 0.2, want[:, 5:], 0)], 1))


def test_lower_precision(files: Files, tmp_path: Path) -> None:
    cfg, checkpoint = files
    report = darkcsp.precision.convert_precision(
        cfg, checkpoint, tmp_path / "h.onnx", precision="fp16", dialect="wongkinyiu"
    )
    assert report.lines()
    given = numbers(1, 3, 8, 16)
    (rows,) = darkcsp.runtimes.open_runtime(tmp_path / "h.onnx", backend="onnxruntime").run(given)
    assert np.abs(rows - decoded(given)).max() < 0.02 * np.abs(decoded(given)).max()


def test_another_process_reads_the_same(files: Files) -> None:
    cfg, checkpoint = files
    source = read_darknet(cfg, checkpoint, "raw", CfgReading((32, 16)))
    again = read_source(source.arguments)
    assert again.fingerprint() == source.fingerprint()
    other = read_darknet(cfg, checkpoint, "raw", CfgReading((32, 16), dialect="wongkinyiu"))
    assert other.fingerprint() != source.fingerprint()


def test_options_of_graphs_are_not_those_of_models() -> None:
    graph = read_as_theirs(TEXT)
    with pytest.raises(ArgumentError, match=r"dialect='pjreddie': is an argument of darkcsp\.build_graph"):
        build_onnx(graph, weights_of(graph), dialect="pjreddie")
    with pytest.raises(ArgumentError, match="resize='crop': expected one of stretch, letter_box, wongkinyiu"):
        build_onnx(graph, weights_of(graph), resize="crop")  # type: ignore[arg-type]


def test_nothing_is_said_where_the_dialect_is(files: Files) -> None:
    cfg, checkpoint = files
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        graph = build_graph(cfg, dialect="wongkinyiu")
        assert (graph.notices, read_parameters(checkpoint, graph).notices) == ((), ())
