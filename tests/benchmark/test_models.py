"""What arguments of `darkcsp bench` name."""

from __future__ import annotations

from pathlib import Path

import pytest

from darkcsp.benchmark.models import find_models
from darkcsp.benchmark.onnx_operations import count_operations
from darkcsp.errors import CfgError, ModelError, UnknownModelError, WeightsError
from darkcsp.graph import build_graph
from darkcsp.graph.reading import CfgReading
from darkcsp.runtimes import open_runtime
from darkcsp.to_onnx import convert
from darkcsp.weightfile import read_weights
from tests.networks import DETECTOR, graph_of, write_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    made.mkdir()
    return made


def test_files_and_names(tmp_path: Path, folder: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    onnx = convert(cfg, weights, tmp_path / "y.onnx")
    found = find_models([str(cfg), str(weights), str(onnx), str(cfg), "yolov3-tiny-prn"], folder)
    given, file, random, zoo = found
    assert (given.files["cfg"], given.files["weights"], given.random) == (str(cfg), str(weights), False)
    assert {key: given.files[key] for key in ("semantics", "dialect")} == {"semantics": "trained", "dialect": "auto"}
    assert file.files == {"model": str(onnx)} and file.name == "y.onnx"
    assert random.random and random.weights is not None and random.weights != weights
    assert not read_weights(random.weights, build_graph(cfg)).is_partial
    assert zoo.name == "yolov3-tiny-prn" and zoo.random
    assert zoo.cfg is not None and zoo.weights is not None
    assert not read_weights(zoo.weights, build_graph(zoo.cfg)).is_partial
    assert given.operations == random.operations == graph_of(DETECTOR).flops
    assert zoo.operations == pytest.approx(3.47e9, rel=0.01)


def test_what_another_program_wrote_is_not_counted_here_unless_it_is_trusted(tmp_path: Path, folder: Path) -> None:
    path = convert(*write_files(tmp_path, DETECTOR), tmp_path / "y.onnx")
    path.write_bytes(path.read_bytes() + path.read_bytes()[-90:])  # another seal
    (careful,) = find_models([str(path)], folder)
    assert careful.operations is None and careful.files == {"model": str(path)}
    (trusting,) = find_models([str(path)], folder, trust=True)
    assert trusting.operations and trusting.files == {"model": str(path), "trust": True}


def test_sizes(tmp_path: Path, folder: Path) -> None:
    cfg, _ = write_files(tmp_path, DETECTOR)
    own, zoo, oblong = find_models([str(cfg), "csppeleenet-cem", "yolov3-tiny"], folder, CfgReading((64, 64)))
    assert own.files["size"] == [64, 64] and own.operations == build_graph(cfg, (64, 64)).flops
    assert "size" not in zoo.files  # composed for it, as its head cannot be used at another
    assert zoo.cfg is not None and build_graph(zoo.cfg).input == (3, 64, 64)
    other = folder / "other"
    other.mkdir()
    (oblong,) = find_models(["yolov3-tiny"], other, CfgReading((96, 64)))
    assert oblong.files["size"] == [96, 64]
    runtime = open_runtime(cfg=oblong.cfg, weights=oblong.weights, size=oblong.size)
    assert runtime.input_shape == (3, 64, 96)


def test_semantics(tmp_path: Path, folder: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    onnx = convert(cfg, weights, tmp_path / "y.onnx")
    found = find_models(
        [str(cfg), str(cfg), str(weights), "yolov3-tiny-prn", str(onnx)], folder, CfgReading(semantics="cpu")
    )
    assert [model.files.get("semantics") for model in found] == ["cpu", "cpu", "cpu", None]
    assert open_runtime(**found[1].files).metadata.program.semantics == "cpu"


def test_what_is_wrong_is_said_before_anything_runs(tmp_path: Path, folder: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    for arguments in ([str(weights)], [str(cfg), str(weights), str(weights)], ["yolov3", str(weights)]):
        with pytest.raises(ModelError, match=r"x\.weights: weights must follow their cfg: x\.cfg x\.weights"):
            find_models(arguments, folder)
    with pytest.raises(UnknownModelError, match="yolov3-tinny: there is no such model; did you mean yolov3-tiny"):
        find_models(["yolov3-tinny"], folder)
    with pytest.raises(CfgError, match=r"nowhere\.cfg"):
        find_models(["nowhere.cfg"], folder)
    with pytest.raises(WeightsError, match=r"nowhere\.weights: cannot be read"):
        find_models([str(cfg), "nowhere.weights"], folder)
    with pytest.raises(ModelError, match=r"nowhere\.onnx: cannot be read"):
        find_models(["nowhere.onnx"], folder)


@pytest.mark.parametrize("batch", [1, 4, None])
def test_operations_of_a_file_are_those_of_its_convolutions(batch: int | None, tmp_path: Path) -> None:
    path = convert(*write_files(tmp_path, DETECTOR), tmp_path / "x.onnx", batch=batch)
    convolutions = sum(spec.flops for spec in graph_of(DETECTOR).layers if spec.type == "convolutional")
    assert count_operations(path) == convolutions > 0


def test_operations_of_what_is_no_model_are_unknown(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"no model")
    assert count_operations(tmp_path / "x.onnx") is None
