from __future__ import annotations

import json
from pathlib import Path

import onnx
import pytest

from darkcsp.detect import Detector
from darkcsp.errors import ArgumentError, MediaError, ModelError
from darkcsp.modelfile import Precision, read_onnx_file
from darkcsp.modelfile.targets import TARGETS as TARGETS_INFO
from darkcsp.modelfile.targets import Target
from darkcsp.precision import ClassifierCost, DetectorCost, OutputCost, convert_precision
from darkcsp.runtimes.backends import engines_of, is_installed
from tests.networks import CLASSIFIER, DETECTOR, write_files
from tests.precision.pictures import CFG, EXAMPLES, WEIGHTS, write_pictures

BOTH: list[Precision] = ["fp16", "int8"]
TARGETS: list[Target] = ["portable", "opencv", "opencv-classic", "onnxruntime", "openvino"]
NAMES = [f"digit {number}" for number in range(10)]


def properties(path: Path) -> dict[str, str]:
    return dict(read_onnx_file(path).properties)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("precision", BOTH)
def test_a_trained_detector_finds_nearly_the_same(precision: Precision, target: Target, tmp_path: Path) -> None:
    if target == "openvino" and not is_installed("openvino"):
        pytest.skip("openvino is not installed")
    out = tmp_path / "x.onnx"
    report = convert_precision(CFG, WEIGHTS, out, calibration=[EXAMPLES], precision=precision, target=target)
    assert (report.path, report.precision) == (str(out), precision)
    assert report.bytes_after == out.stat().st_size < report.bytes_before
    assert report.compared_with == compared_with(precision, target)
    cost = report.cost
    assert isinstance(cost, DetectorCost)
    assert (cost.pictures, cost.wanted) == (4, 29)
    assert cost.lost + cost.gained <= (0 if precision == "fp16" else 2)
    assert cost.worst_iou > (0.97 if precision == "fp16" else 0.9)
    assert cost.worst_score < (0.01 if precision == "fp16" else 0.1)


def compared_with(precision: Precision, target: Target) -> str:
    """What runs a file for a target, which need not be what the target is named for."""
    info = TARGETS_INFO[target]
    engines = engines_of(info.backend)
    if len(engines) > 1 and precision == "int8" and info.engine == "new":
        return f"{info.backend}/classic"
    return f"{info.backend}/{info.engine if info.engine in engines else engines[0]}"


def test_the_file_is_the_model_that_the_report_speaks_of(tmp_path: Path) -> None:
    from darkcsp.precision import compare_runtimes, open_calibration
    from darkcsp.runtimes import open_runtime

    report = convert_precision(CFG, WEIGHTS, tmp_path / "x.onnx", calibration=[EXAMPLES], precision="int8")
    before = open_runtime(cfg=CFG, weights=WEIGHTS, backend="onnxruntime", engine="default")
    after = open_runtime(tmp_path / "x.onnx", backend="onnxruntime", engine="default")
    cost = compare_runtimes(before, after, open_calibration([EXAMPLES]))
    assert isinstance(cost, DetectorCost)
    assert isinstance(report.cost, DetectorCost)
    assert (cost.lost, cost.gained) == (report.cost.lost, report.cost.gained)
    assert cost.mean_iou == pytest.approx(report.cost.mean_iou, abs=1e-3)


def test_metadata_tell_the_precision_and_keep_the_rest(tmp_path: Path) -> None:
    from darkcsp.to_onnx import convert

    plain = properties(convert(CFG, WEIGHTS, tmp_path / "a.onnx", names=NAMES))
    for precision in BOTH:
        convert_precision(CFG, WEIGHTS, tmp_path / "b.onnx", calibration=[EXAMPLES], precision=precision, names=NAMES)
        found = properties(tmp_path / "b.onnx")
        assert found.pop("darkcsp.precision") == precision
        calibration = found.pop("darkcsp.calibration", None)
        assert calibration == (json.dumps({"method": "minmax", "pictures": 4}) if precision == "int8" else None)
        assert found.pop("darkcsp.float16", None) == ("stored" if precision == "fp16" else None)
        assert found == plain


@pytest.mark.parametrize("precision", BOTH)
def test_files_are_identical(precision: Precision, tmp_path: Path) -> None:
    for name in "ab":
        convert_precision(CFG, WEIGHTS, tmp_path / f"{name}.onnx", calibration=[EXAMPLES], precision=precision)
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


@pytest.mark.parametrize("precision", BOTH)
def test_a_model_that_takes_bytes_runs(precision: Precision, tmp_path: Path) -> None:
    convert_precision(CFG, WEIGHTS, tmp_path / "x.onnx", calibration=[EXAMPLES], precision=precision, input="uint8")
    convert_precision(CFG, WEIGHTS, tmp_path / "y.onnx", calibration=[EXAMPLES], precision=precision)
    from darkcsp.media import read_picture

    picture = read_picture(EXAMPLES / "scene_1.jpg")
    found, want = Detector(tmp_path / "x.onnx")(picture), Detector(tmp_path / "y.onnx")(picture)
    assert sorted(found.class_id) == sorted(want.class_id)
    assert len(found) > 0


def test_the_name_by_default(tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, DETECTOR)
    assert convert_precision(cfg, weights, precision="fp16").path == str(tmp_path / "x.fp16.onnx")
    assert (tmp_path / "x.fp16.onnx").exists()


def test_without_pictures_fp16_is_not_compared(tmp_path: Path) -> None:
    report = convert_precision(*write_files(tmp_path, DETECTOR), precision="fp16")
    assert report.cost is None
    assert report.lines()[-1] == "no pictures to compare with float32"


@pytest.mark.parametrize("precision", BOTH)
def test_classifiers_are_compared_by_class(precision: Precision, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, CLASSIFIER)
    report = convert_precision(cfg, weights, calibration=[write_pictures(tmp_path / "p", size=16)], precision=precision)
    assert isinstance(report.cost, ClassifierCost)
    assert (report.cost.pictures, report.cost.same_top) == (3, 3)
    assert report.cost.worst_probability < 0.02
    assert json.loads(json.dumps(report.to_dict()))["cost"]["kind"] == "classifier"


def test_other_outputs_are_compared_by_value(tmp_path: Path) -> None:
    cut = CLASSIFIER[: CLASSIFIER.index("[avgpool]")]
    report = convert_precision(
        *write_files(tmp_path, cut), calibration=[write_pictures(tmp_path / "p", size=16)], precision="fp16"
    )
    assert isinstance(report.cost, OutputCost)
    assert 0 < report.cost.worst < 0.01


def test_recurrent_networks_can_be_fp16(tmp_path: Path) -> None:
    text = "[net]\nwidth=8\nheight=8\nchannels=3\n[crnn]\nhidden=2\noutput=2\nsize=3\nstride=1\npad=1\n"
    cfg, weights = write_files(tmp_path, text)
    pictures = write_pictures(tmp_path / "p", size=8)
    report = convert_precision(cfg, weights, calibration=[pictures], precision="fp16")
    assert isinstance(report.cost, OutputCost)
    with pytest.raises(ModelError, match=r"x.cfg: the network carries state"):
        convert_precision(cfg, weights, calibration=[pictures], precision="int8")


def test_unreadable_pictures_are_told(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "p")
    (folder / "broken.jpg").write_bytes(b"no picture")
    report = convert_precision(*write_files(tmp_path, DETECTOR), calibration=[folder], precision="int8")
    assert report.unreadable == (f"{folder}/broken.jpg: is not a picture that OpenCV can read",)
    assert report.cost is not None
    assert report.cost.pictures == 3


def test_what_cannot_be(tmp_path: Path) -> None:
    files = write_files(tmp_path, DETECTOR)
    pictures = write_pictures(tmp_path / "p")
    with pytest.raises(ArgumentError, match="needs calibration pictures"):
        convert_precision(*files, precision="int8")
    with pytest.raises(ArgumentError, match="int8 cannot output layers"):
        convert_precision(*files, calibration=[pictures], precision="int8", taps="all")
    with pytest.raises(ArgumentError, match="precision='fp8': expected one of fp32, fp16, int8"):
        convert_precision(*files, precision="fp8")  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"for float32, use darkcsp\.convert"):
        convert_precision(*files, precision="fp32")
    with pytest.raises(MediaError, match="no such file"):
        convert_precision(*files, calibration=[tmp_path / "nowhere"], precision="int8")
    with pytest.raises(ModelError, match=r"nowhere/x\.onnx: cannot be written"):
        convert_precision(*files, tmp_path / "nowhere" / "x.onnx", precision="fp16")
    assert not list(tmp_path.glob("*.onnx"))


def test_narrow_groups_of_an_int8_model_are_wide(tmp_path: Path) -> None:
    text = (
        "[net]\nwidth=16\nheight=16\nchannels=3\n[convolutional]\nfilters=16\nsize=3\npad=1\nactivation=leaky\n"
        "[convolutional]\nfilters=16\nsize=3\npad=1\ngroups=8\nactivation=leaky\n"
        "[convolutional]\nfilters=4\nsize=1\nactivation=linear\n"
    )
    out = tmp_path / "x.onnx"
    pictures = write_pictures(tmp_path / "p", size=16)
    convert_precision(*write_files(tmp_path, text), out, calibration=[pictures], precision="int8", target="onnxruntime")
    groups = [
        attribute.i for node in onnx.load(out).graph.node for attribute in node.attribute if attribute.name == "group"
    ]
    assert groups == [1, 2, 1]
