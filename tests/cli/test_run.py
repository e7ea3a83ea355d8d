"""`darkcsp run` on small networks."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from darkcsp.cli.main import cli
from darkcsp.detect import Detector
from darkcsp.media import read_picture, write_picture
from darkcsp.media.picture_files import MOST_PIXELS
from darkcsp.spec.program import SEMANTICS
from darkcsp.to_onnx import convert
from tests.cli.invoking import run_command
from tests.media.films import FakeCapture, write_film
from tests.networks import CLASSIFIER, DETECTOR, POOLING, write_files

_run = partial(run_command, "run")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "sub").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in ("a.png", "sub/b.png"):
        write_picture(folder / name, rng.integers(0, 256, (40, 60, 3), np.uint8))
    return folder


@pytest.fixture
def detector(tmp_path: Path) -> list[object]:
    cfg, weights = write_files(tmp_path, DETECTOR)
    return ["--cfg", cfg, "--weights", weights, "--threshold", 0.2]


def _told(result: Result) -> str:
    """Standard error, without the line that says what a run came to."""
    lines = result.stderr.splitlines(keepends=True)
    return "".join(line for line in lines if not re.match(r"[1-9][0-9]* (picture|frame)s? ", line))


def _nameless(detector: list[object]) -> str:
    return f"{detector[1]}: has no class names, so classes are shown as numbers; pass --names FILE\n"


def test_pictures_lines_and_json(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "out", tmp_path / "x.json"
    result = _run(pictures, *detector, "-o", out, "--json", report)
    assert result.exit_code == 0, result.output
    expected = Detector(cfg=detector[1], weights=detector[3], threshold=0.2)  # type: ignore[arg-type]
    entries = json.loads(report.read_text())
    assert [entry["file"] for entry in entries] == [(pictures / name).as_posix() for name in ("a.png", "sub/b.png")]
    for entry, line, name in zip(entries, result.stdout.splitlines(), ("a.png", "sub/b.png"), strict=True):
        image = read_picture(pictures / name)
        found = expected(image)
        assert len(found)
        assert entry["detections"] == found.to_dict()["detections"]
        assert (entry["width"], entry["height"]) == (60, 40)
        listed = ", ".join(f"{a} {b:.2f}" for a, b in zip(found.names, found.confidence, strict=True))
        assert line == f"{pictures / name}: {listed}"
        np.testing.assert_array_equal(read_picture(out / name), found.draw(image))
    assert _told(result) == _nameless(detector)
    summary, _ = result.stderr.splitlines()
    assert re.fullmatch(rf"2 pictures in [0-9.]+ s, [0-9.]+ per second; boxes drawn in {re.escape(str(out))}", summary)


def test_json_to_standard_output_is_alone_there(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    result = _run(pictures, *detector, "-o", tmp_path / "out", "--json", "-")
    assert len(json.loads(result.stdout)) == 2
    assert len(_told(result).removesuffix(_nameless(detector)).splitlines()) == 2


def test_every_run_has_an_output_folder_of_its_own(
    detector: list[object], pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pictures)
    for name in ("detections", "detections-2", "detections-3"):  # the earlier runs' pictures are not looked at
        result = _run(".", *detector)
        assert result.exit_code == 0, result.output
        assert f"; boxes drawn in {name}\n" in result.stderr
        out = pictures / name
        found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.png"))
        assert found == ["a.png", "sub/b.png"]
    assert _run(".", *detector, "--quiet").output == ""


def test_a_folder_that_is_named_is_used_and_what_is_replaced_is_told(
    detector: list[object], pictures: Path, tmp_path: Path
) -> None:
    for told in ("", ", replacing 2 earlier files"):
        result = _run(pictures, *detector, "-o", tmp_path / "out")
        assert result.exit_code == 0, result.output
        assert f"; boxes drawn in {tmp_path / 'out'}{told}\n" in result.stderr
    assert not (tmp_path / "out-2").exists()


def test_a_list_of_pictures(
    detector: list[object], pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    listed = pictures / "list.txt"
    listed.write_text(f"sub/b.png\n\n{pictures / 'a.png'}\nnone.png\n")
    result = _run(listed, *detector, "--json", "x.json")
    assert result.exit_code == 1
    assert _told(result) == f"none.png: cannot be read: No such file or directory\n{_nameless(detector)}"
    assert "; 1 could not be read; boxes drawn in detections\n" in result.stderr
    assert [entry["file"] for entry in json.loads(Path("x.json").read_text())] == [
        (pictures / name).as_posix() for name in ("sub/b.png", "a.png")
    ]
    assert sorted(path.relative_to("detections").as_posix() for path in Path("detections").rglob("*.png")) == [
        "a.png",
        "sub/b.png",
    ]


def test_a_network_camera(detector: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    images = [np.full((48, 64, 3), number * 10, np.uint8) for number in range(4)]
    opened: list[tuple[object, ...]] = []

    def capture(*arguments: object) -> FakeCapture:
        opened.append(arguments)
        return FakeCapture(images, rate=10)

    monkeypatch.setattr(cv2, "VideoCapture", capture)
    result = _run("rtsp://user:secret@10.0.0.7:554/live", *detector, "--jsonl", "x.jsonl")
    monkeypatch.undo()
    assert result.exit_code == 0, result.output
    assert opened[0][0] == "rtsp://user:secret@10.0.0.7:554/live"
    assert "secret" not in result.output + (tmp_path / "x.jsonl").read_text()
    assert result.stdout.startswith("rtsp://10.0.0.7:554/live frame 0: ")
    assert "4 frames in " in result.stderr
    drawn = cv2.VideoCapture(str(tmp_path / "detections" / "10.0.0.7.mp4"))
    assert (drawn.get(cv2.CAP_PROP_FRAME_COUNT), drawn.get(cv2.CAP_PROP_FPS)) == (4, 10)


@pytest.mark.parametrize("backend", ["onnxruntime", "torch"])
def test_backends(backend: str, detector: list[object], pictures: Path, tmp_path: Path) -> None:
    results = [
        _run(pictures, *detector, "-o", tmp_path / "out", "--backend", name, "--threads", 1, "--size", "64x32")
        for name in ("opencv", backend)
    ]
    assert [result.exit_code for result in results] == [0, 0]
    assert results[0].stdout == results[1].stdout


def test_a_model_with_names(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    model = convert(str(detector[1]), str(detector[3]), names=["cat", "dog"])
    result = _run(
        pictures / "a.png", "--model", model, "--threshold", 0.2, "-o", tmp_path / "out", "--engine", "classic"
    )
    assert "cat" in result.stdout
    assert "class names" not in result.stderr
    names = tmp_path / "x.names"
    names.write_text("käse\n")
    result = _run(pictures / "a.png", "--model", model, "--threshold", 0.2, "-o", tmp_path / "out", "--names", names)
    assert "käse" in result.stdout
    assert "cat" not in result.stdout


def test_a_data_file_says_the_names_and_the_pictures(
    detector: list[object], pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pictures)
    (tmp_path / "x.names").write_text("cat\ndog\n")
    (tmp_path / "valid.txt").write_text("sub/b.png\na.png\n")
    data = tmp_path / "x.data"
    data.write_text("classes=2\nnames=x.names\nvalid=valid.txt\n")
    result = _run(*detector, "--data", data, "--no-draw")
    assert result.exit_code == 0
    assert result.stderr.startswith("2 pictures in ") and result.stderr.count("\n") == 1
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["sub/b.png", "a.png"]
    assert "dog 0." in result.stdout
    result = _run("a.png", *detector, "--data", data, "--no-draw")
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["a.png"]
    for option, file in (("--json", "x.names"), ("--csv", "valid.txt"), ("--jsonl", "x.data")):
        result = _run("a.png", *detector, "--data", data, "--no-draw", option, tmp_path / file)
        assert result.exit_code == 2
        assert f"so it cannot be {option} as well" in result.stderr
    for arguments, message in (
        ((), "Missing argument 'INPUT...'"),
        (("--data", tmp_path / "x.names"), "x.names:1: 'cat' is not key=value; pass a list of names as --names"),
        (("a.png", "--names", data), "x.data: is a .data file, not a list of names; pass it as --data"),
        (("a.png", "--names", tmp_path / "x.names", "--data", data), "pass names= or data=, not both"),
    ):
        result = _run(*arguments, *detector)
        assert result.exit_code == 2
        assert message in result.stderr


def test_names_that_do_not_fit_are_told(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    names = tmp_path / "x.names"
    names.write_text("cat\n\ndog\n")
    result = _run(pictures / "a.png", *detector, "--names", names, "--no-draw")
    assert result.exit_code == 0
    assert result.stderr.splitlines()[:-1] == [
        f"{names}:2: is blank, so class 1 has no name; delete the line if that is not intended",
        f"{detector[1]}: has 2 classes, but names for 3; are they the ones it was trained with?",
    ]
    names.write_text("cat\n")
    result = _run(pictures / "a.png", *detector, "--names", names, "--no-draw", "--strict")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_how_many_detections_and_of_which_classes(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    def found(*options: object) -> tuple[list[dict[str, Any]], str]:
        report = tmp_path / "x.jsonl"
        result = _run(pictures / "a.png", *detector, "--no-draw", "--threshold", 0.1, "--jsonl", report, *options)
        assert result.exit_code == 0, result.output
        return json.loads(report.read_text())["detections"], result.stderr

    every, _ = found("--max-detections", 0)
    some, told = found("--max-detections", 3)
    assert "more than" not in told
    assert len(every) > 3
    assert some == every[:3]
    many, told = found("--threshold", 0, "--nms", 1)
    assert len(many) == 300
    assert "x.cfg: more than 300 detections in a picture; only the most confident are returned" in told
    single, _ = found("--max-detections", 0, "--one-class-per-box")
    agnostic, _ = found("--max-detections", 0, "--agnostic")
    assert 0 < len(agnostic) <= len(single) < len(every)


def test_coco_results_have_the_numbers_of_the_annotations(
    detector: list[object], pictures: Path, tmp_path: Path
) -> None:
    names, annotations, out = tmp_path / "x.names", tmp_path / "truth.json", tmp_path / "x.json"
    names.write_text("cat\ndog\n")
    images = [{"id": 30, "file_name": "sub/b.png"}, {"id": 20, "file_name": "a.png"}]
    categories = [{"id": 8, "name": "dog"}, {"id": 5, "name": "cat"}]
    annotations.write_text(json.dumps({"images": images, "categories": categories, "annotations": []}))
    coco = (pictures, *detector, "--no-draw", "--coco", out, "--names", names)
    result = _run(*coco, "--annotations", annotations)
    assert (result.exit_code, _told(result)) == (0, "")
    found = {(item["image_id"], item["file_name"], item["category_id"]) for item in json.loads(out.read_text())}
    assert found == {(20, "a.png", 5), (20, "a.png", 8), (30, "b.png", 5), (30, "b.png", 8)}
    refused = _run(*coco)
    assert (refused.exit_code, refused.stdout) == (2, "")  # before any work
    assert refused.stderr == (
        f"{pictures / 'a.png'}: has no COCO image id: its name does not end in a number like 000000000139.jpg; "
        "pass --annotations FILE to look the ids up\n"
    )
    (pictures / "a.png").rename(pictures / "5.png")
    (pictures / "sub/b.png").rename(pictures / "sub/x_6.png")
    result = _run(*coco)
    assert (result.exit_code, _told(result)) == (
        0,
        "--coco: category ids count from 1 in class order; pass --annotations FILE to look them up by name\n",
    )
    assert {(item["image_id"], item["category_id"]) for item in json.loads(out.read_text())} == {
        (5, 1), (5, 2), (6, 1), (6, 2),
    }  # fmt: skip
    for options, message in (
        (("--annotations", annotations), "truth.json has no image with the name 5.png"),
        (("--annotations", names), "x.names: is not JSON, expected annotations in COCO format"),
        (("--annotations", out), "x.json: is written as --coco, so"),
    ):
        refused = _run(*coco, *options)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert message in refused.stderr or "so it cannot be --coco as well" in refused.stderr
    refused = _run(pictures, *detector, "--annotations", annotations)
    assert refused.exit_code == 2
    assert "--annotations needs --coco" in refused.stderr


def test_nothing_found(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    result = _run(pictures / "a.png", *detector[:4], "--threshold", 1, "-o", tmp_path / "out")
    assert result.stdout == f"{pictures / 'a.png'}: nothing\n"


def test_a_classifier_prints_the_top_five(pictures: Path, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, CLASSIFIER)
    result = _run(pictures, "--cfg", cfg, "--weights", weights, "-o", tmp_path / "out", "--json", tmp_path / "x.json")
    assert result.exit_code == 0
    assert [len(line.split(": ")[1].split(", ")) for line in result.stdout.splitlines()] == [5, 5]
    assert not (tmp_path / "out").exists()
    (first, _) = json.loads((tmp_path / "x.json").read_text())
    assert sum(item["probability"] for item in first["classes"]) == pytest.approx(1, abs=1e-4)


def test_some_pictures_cannot_be_read(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    (pictures / "broken.png").write_bytes(b"no picture")
    result = _run(pictures, *detector, "-o", tmp_path / "out", "--json", tmp_path / "x.json")
    assert result.exit_code == 1
    assert _told(result) == f"{pictures / 'broken.png'}: is not a picture that OpenCV can read\n{_nameless(detector)}"
    assert len(result.stdout.splitlines()) == len(json.loads((tmp_path / "x.json").read_text())) == 2


def test_no_picture_can_be_read(detector: list[object], tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    result = _run(tmp_path / "broken.png", *detector, "-o", tmp_path / "out", "--json", tmp_path / "x.json")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == "no picture could be read"
    assert not (tmp_path / "x.json").exists()


def test_the_picture_itself_is_not_written_over(detector: list[object], pictures: Path) -> None:
    before = (pictures / "a.png").read_bytes()
    result = _run(pictures / "a.png", *detector, "-o", pictures)
    assert result.exit_code == 2
    assert "a.png: is an input or another output" in result.stderr
    assert (pictures / "a.png").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.png"], "none.png: no such file or folder"),
        (["a.png", "--cfg", "x.cfg"], "x.cfg' is given; pass model=, or both cfg= and weights="),
        (["a.png", "--model", "none.onnx"], "none.onnx: cannot be read: No such file or directory"),
        (["a.png", "--model", "x.onnx", "--size", "64"], "x.onnx: takes 32x32 pictures, not 64x64; the size of"),
        (["a.png", "--model", "x.onnx", "--engine", "steam"], "has no engine 'steam'; it offers auto"),
        (["a.png", "--model", "x.onnx", "--names", "none.names"], "none.names: cannot be read: No such file"),
        (["a.png", "--model", "x.onnx", "--json", "no/x.json"], "no/x.json: cannot be written: there is no folder no"),
        (["a.png", "--model", "raw.onnx"], "raw.onnx: has head 'raw', but a detector needs 'decoded'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    arguments: list[str], message: str, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pictures)
    files = write_files(pictures, DETECTOR)
    convert(*files, "x.onnx")
    convert(*files, "raw.onnx", head="raw")
    result = _run(*arguments)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert message in line


def test_options_are_checked() -> None:
    for arguments in (["--threshold", 2], ["--backend", "caffe"], ["--threads", 0], ["--size", "x"]):
        assert _run("a.png", *arguments).exit_code == 2
    assert _run().exit_code == 2
    assert "INPUT..." in _run("--help").stdout


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no pseudo terminals")
def test_lines_stand_above_the_bar_on_a_terminal(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    leader, follower = os.openpty()
    command = [sys.executable, "-c", "from darkcsp.cli.main import main; main()", "run", pictures, *detector]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "60"}
    with subprocess.Popen(
        [str(part) for part in [*command, "-o", tmp_path / "out"]], stdout=follower, stderr=follower, env=environment
    ) as process:
        os.close(follower)
        shown = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while part := os.read(leader, 4096):
                shown += part
    os.close(leader)
    assert process.returncode == 0
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode()).replace("\r", "\n").splitlines()
    assert [line.split(": ")[0] for line in lines if "png: " in line] == [
        str(pictures / "a.png"),
        str(pictures / "sub" / "b.png"),
    ]
    assert any(line.startswith("pictures ") for line in lines)


def test_every_report_at_once(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    (pictures / "broken.png").write_bytes(b"no picture")
    out = tmp_path / "out"
    files = {kind: tmp_path / f"x.{kind}" for kind in ("json", "jsonl", "csv", "coco")}
    options: list[object] = [part for kind, path in files.items() for part in (f"--{kind}", path)]
    images = [{"id": number, "file_name": f"{name}.png"} for number, name in enumerate(("a", "b", "broken"))]
    (tmp_path / "truth.json").write_text(json.dumps({"images": images}))
    options += ["--annotations", tmp_path / "truth.json"]
    result = _run(pictures, *detector, "-o", out, *options, "--yolo", tmp_path / "yolo", "--voc", tmp_path / "voc")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    entries = json.loads(files["json"].read_text())
    assert [json.loads(line) for line in files["jsonl"].read_text().splitlines()] == entries
    boxes = [box for entry in entries for box in entry["detections"]]
    assert len(files["csv"].read_text().splitlines()) == len(boxes) + 1
    assert len(json.loads(files["coco"].read_text())) <= len(boxes)
    for name in ("a", "sub/b"):
        labels = (tmp_path / "yolo" / f"{name}.txt").read_text().splitlines()
        assert labels
        assert len(ElementTree.parse(tmp_path / "voc" / f"{name}.xml").findall("object")) == len(labels)
        assert (out / f"{name}.png").exists()
    assert not list(tmp_path.rglob("*.part*"))


def test_batches_give_the_same(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    for number in range(5):
        write_picture(pictures / f"c{number}.png", np.full((20 + number, 30, 3), number * 40, np.uint8))
    (pictures / "broken.png").write_bytes(b"no picture")
    lines = []
    for batch in (1, 3, 100):
        result = _run(pictures, *detector, "--no-draw", "--batch", batch, "--backend", "onnxruntime")
        assert result.exit_code == 1
        lines.append(result.stdout)
    assert lines[0] == lines[1] == lines[2]
    assert len(lines[0].splitlines()) == 7


def test_a_video_becomes_a_video_of_as_many_frames(detector: list[object], tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.avi", 11)
    result = _run(film, *detector, "-o", tmp_path / "out", "--jsonl", tmp_path / "x.jsonl")
    assert result.exit_code == 0, result.output
    assert [line.split(": ")[0] for line in result.stdout.splitlines()] == [f"{film} frame {i}" for i in range(11)]
    capture = cv2.VideoCapture(str(tmp_path / "out" / "film.avi"))
    count = 0
    while capture.read()[0]:
        count += 1
    assert (count, capture.get(cv2.CAP_PROP_FPS)) == (11, 12)
    assert [json.loads(line)["frame"] for line in (tmp_path / "x.jsonl").read_text().splitlines()] == list(range(11))


def test_a_camera(detector: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    images = [np.full((48, 64, 3), number * 10, np.uint8) for number in range(6)]
    monkeypatch.setattr(cv2, "VideoCapture", lambda index: FakeCapture(images, rate=15, is_open=index == 2))
    result = _run("2", *detector, "--quiet")
    monkeypatch.undo()
    assert (result.exit_code, result.output) == (0, "")
    capture = cv2.VideoCapture(str(tmp_path / "detections" / "camera-2.mp4"))
    assert (capture.get(cv2.CAP_PROP_FRAME_COUNT), capture.get(cv2.CAP_PROP_FPS)) == (6, 15)


def test_a_camera_that_is_not_there(detector: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", lambda index: FakeCapture([], is_open=False))
    result = _run("7", *detector, "--no-draw")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "camera 7: OpenCV cannot open it as a video",
        "no picture could be read",
    ]


def test_standard_input(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    arguments = [str(part) for part in ("run", "-", *detector, "-o", tmp_path / "out", "--json", "-")]
    result = CliRunner().invoke(cli, arguments, input=(pictures / "a.png").read_bytes())
    assert result.exit_code == 0, result.output
    (entry,) = json.loads(result.stdout)
    assert (entry["file"], entry["width"], len(entry["detections"]) > 0) == ("standard input", 60, True)
    assert (tmp_path / "out" / "stdin.jpg").exists()


def test_pictures_beyond_the_limit_are_told_of(detector: list[object], pictures: Path) -> None:
    write_picture(pictures / "large.png", np.zeros((50, 60, 3), np.uint8))
    write_film(pictures / "film.avi", 2)
    for option, message in (
        ((), ""),
        (("--max-pixels", 0), ""),
        (("--max-pixels", 50 * 60), "film.avi: has 64x48 pixels, expected at most 3000 in all"),
        (("--max-pixels", 40 * 60), "large.png: has 60x50 pixels, expected at most 2400 in all"),
    ):
        result = _run(pictures, *detector, "--no-draw", *option)
        assert result.exit_code == bool(message), result.output
        assert message in result.stderr
        assert f"{pictures.as_posix()}/a.png: " in result.stdout
    assert f"{MOST_PIXELS // 1_000_000} million by default" in " ".join(_run("--help").stdout.split())


def test_ctrl_c_leaves_whole_files_of_what_was_done(
    detector: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = write_film(tmp_path / "film.avi", 40)
    infer, calls = Detector.infer, iter(range(100))

    def interrupted(self: Detector, inputs: Sequence[Any]) -> Sequence[Any]:
        if next(calls) == 9:
            raise KeyboardInterrupt
        return infer(self, inputs)

    monkeypatch.setattr(Detector, "infer", interrupted)
    out = tmp_path / "out"
    reports = ["--json", tmp_path / "x.json", "--csv", tmp_path / "x.csv", "--jsonl", tmp_path / "x.jsonl"]
    result = _run(film, *detector, "-o", out, *reports)
    assert result.exit_code == 130
    summary, last = result.stderr.splitlines()
    assert summary.startswith("9 frames in ") and summary.endswith(f"; boxes drawn in {out}")
    assert last == "interrupted"
    assert len(json.loads((tmp_path / "x.json").read_text())) == 9
    assert len((tmp_path / "x.jsonl").read_text().splitlines()) == 9
    assert (tmp_path / "x.csv").read_text().endswith("\n")
    assert cv2.VideoCapture(str(out / "film.avi")).get(cv2.CAP_PROP_FRAME_COUNT) == 9
    assert not list(tmp_path.rglob("*.part*"))


@pytest.mark.skipif(os.name != "posix", reason="there are no signals")
def test_ctrl_c_in_a_process_of_its_own(detector: list[object], tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.avi", 3000)
    command = [sys.executable, "-c", "from darkcsp.cli.main import main; main()", "run", film, *detector]
    options = ["-o", tmp_path / "out", "--jsonl", tmp_path / "x.jsonl"]
    with subprocess.Popen(
        [str(part) for part in [*command, *options]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for _ in range(5):
            process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors.splitlines()[1:]) == (130, ["interrupted"])
    done = (tmp_path / "x.jsonl").read_text().splitlines()
    assert 5 <= len(done) < 3000
    assert json.loads(done[-1])["frame"] == len(done) - 1
    assert cv2.VideoCapture(str(tmp_path / "out" / "film.avi")).get(cv2.CAP_PROP_FRAME_COUNT) == len(done)
    assert not list(tmp_path.rglob("*.part*"))


def test_a_file_that_cannot_be_written_ends_the_work(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "yolo" / "a.txt").mkdir(parents=True)
    result = _run(pictures, *detector, "--no-draw", "--yolo", tmp_path / "yolo", "--csv", tmp_path / "x.csv")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "a.txt: cannot be written: " in line
    assert not (tmp_path / "x.csv").exists()


def test_reports_that_cannot_be(detector: list[object], pictures: Path, tmp_path: Path) -> None:
    picture = pictures / "a.png"
    before = picture.read_bytes()
    for options, message in (
        (["--json", "-", "--csv", "-"], "standard output: is written as --json, so it cannot be --csv as well"),
        (["--csv", picture], "a.png: is read as INPUT, so it cannot be --csv as well"),
        (["--voc", picture], "a.png: cannot be made: File exists"),
    ):
        result = _run(picture, *detector, "--no-draw", *options)
        assert result.exit_code == 2
        assert message in result.stderr
    assert picture.read_bytes() == before
    cfg, weights = write_files(tmp_path, CLASSIFIER, "classifier")
    result = _run(picture, "--cfg", cfg, "--weights", weights, "--yolo", tmp_path / "yolo")
    assert result.exit_code == 2
    assert "classifier.cfg: is a classifier, which has no boxes for --yolo" in result.stderr


def test_the_model_that_comes_with_the_package(tmp_path: Path) -> None:
    picture = tmp_path / "grey.png"
    write_picture(picture, np.full((100, 120, 3), 127, np.uint8))
    result = _run(picture, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"{picture}: ")


def test_semantics(pictures: Path, tmp_path: Path) -> None:
    cfg, weights = write_files(tmp_path, POOLING)
    model = ("--cfg", cfg, "--weights", weights, "--threshold", 0.1, "--max-detections", 0, "--no-draw", "-q")
    reports = {}
    for semantics in SEMANTICS:
        report = tmp_path / f"{semantics}.json"
        result = _run(pictures, *model, "--json", report, "--semantics", semantics)
        assert result.exit_code == 0, result.output
        reports[semantics] = report.read_text()
    default = _run(pictures, *model, "--json", "-")
    assert default.stdout == reports["trained"] != reports["cpu"]
    path = convert(cfg, weights, tmp_path / "x.onnx")
    refused = _run(pictures, "--model", path, "--semantics", "cpu")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "has semantics 'trained', not 'cpu'" in refused.stderr
