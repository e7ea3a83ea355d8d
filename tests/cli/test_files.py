"""No command replaces a file that it reads, nor writes two outputs to one place."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

import darkcsp
from darkcsp.detect import default
from darkcsp.errors import ArgumentError
from darkcsp.media import write_picture
from darkcsp.precision import convert_precision
from tests.cli.invoking import run_command
from tests.networks import DETECTOR, write_files

CONVERT = "convert x.cfg x.weights --names x.names"
LOWER = f"{CONVERT} --precision fp16 --calibration pictures"
RUN = "run pictures --cfg x.cfg --weights x.weights --names x.names --threshold 0"

REFUSED = [
    # Outputs that are inputs.
    (f"{CONVERT} -o x.weights", "x.weights: is read as WEIGHTS, so it cannot be --output as well; choose another file"),
    (f"{CONVERT} -o x.cfg", "x.cfg: is read as CFG, so"),
    (f"{CONVERT} -o x.names", "x.names: is read as --names, so"),
    ("convert x.cfg weights.onnx", "weights.onnx: is read as WEIGHTS, so it cannot be the output as well"),
    ("convert x.cfg names.weights --names names.onnx", "names.onnx: is read as --names, so it cannot be the output"),
    ("convert tree.cfg tree.weights -o 9k.tree", "9k.tree: is read as a tree of the cfg, so"),
    (f"{LOWER} -o pictures/a.png", "pictures/a.png: is read as --calibration, so it cannot be --output"),
    (f"{LOWER} --report x.weights", "x.weights: is read as WEIGHTS, so it cannot be --report as well"),
    (f"{LOWER} --report pictures/sub/b.png", "pictures/sub/b.png: is read as --calibration, so it cannot be --report"),
    (f"{RUN} --csv pictures/a.png", "pictures/a.png: is read as INPUT, so it cannot be --csv"),
    (f"{RUN} --json x.cfg", "x.cfg: is read as --cfg, so"),
    (f"{RUN} --csv x.weights", "x.weights: is read as --weights, so"),
    (f"{RUN} --jsonl x.names", "x.names: is read as --names, so"),
    ("run pictures --model x.onnx --json x.onnx", "x.onnx: is read as --model, so it cannot be --json as well"),
    ("run pictures --model x.onnx --coco x.onnx", "x.onnx: is read as --model, so it cannot be --coco as well"),
    ("run a/*.png --model x.onnx --jsonl a/c.png", "a/c.png: is read as INPUT, so it cannot be --jsonl as well"),
    ("run pictures --cfg tree.cfg --weights tree.weights --csv 9k.tree", "9k.tree: is read as a tree of the cfg"),
    ("bench x.cfg --json x.cfg", "x.cfg: is read as MODEL, so it cannot be --json as well"),
    ("bench x.cfg x.weights --chart x.weights", "x.weights: is read as MODEL, so it cannot be --chart as well"),
    ("bench x.onnx --csv x.onnx", "x.onnx: is read as MODEL, so it cannot be --csv as well"),
    ("bench x.cfg --precision int8 --calibration pictures --csv pictures/a.png", "is read as --calibration"),
    # The same file by another name.
    (f"{CONVERT} -o ./x.weights", "./x.weights: is x.weights, which is read as WEIGHTS, so"),
    (f"{CONVERT} -o pictures/../x.weights", "pictures/../x.weights: is x.weights, which is read as"),
    (f"{CONVERT} -o symbolic.onnx", "symbolic.onnx: is x.weights, which is read as WEIGHTS, so"),
    (f"{CONVERT} -o hard.onnx", "hard.onnx: is x.weights, which is read as WEIGHTS, so"),
    (f"{RUN} --json hard.onnx", "hard.onnx: is x.weights, which is read as --weights, so"),
    (f"{RUN} --json symbolic.png", "pictures/a.png, which is read as INPUT, so it cannot be --json"),
    # One place for two outputs.
    (f"{LOWER} -o new.onnx --report new.onnx", "new.onnx: is written as --output, so it cannot be --report as well"),
    (f"{LOWER} --report x.fp16.onnx", "is written as --report, so it cannot be the output as well"),
    (f"{LOWER} --report there/x.fp16.onnx", "there/x.fp16.onnx, which is written as --report, so"),
    (f"{RUN} --json new --csv ./new", "./new: is new, which is written as --json, so it cannot be --csv as well"),
    (f"{RUN} --json dangling --csv new", "new: is dangling, which is written as --json, so it cannot be --csv"),
    (f"{RUN} --json - --csv -", "standard output: is written as --json, so it cannot be --csv as well"),
    (f"{RUN} --json new -o new", "new: is written to as --output, so it cannot be --json as well"),
    (f"{RUN} --json new --yolo new", "new: is written to as --yolo, so it cannot be --json as well"),
    ("bench x.onnx --csv new --json there/new", "there/new: is new, which is written as --csv, so"),
    # Outputs of one folder.
    (f"{RUN} -o pictures", "pictures/a.png: is an input or another output; choose another folder than pictures"),
    (f"{RUN} -o out --json out/a.png", "out/a.png: is an input or another output; choose another folder than out"),
    # Places that cannot be written to.
    (f"{CONVERT} -o pictures", "pictures: cannot be written: it is a folder"),
    (f"{CONVERT} -o none/x.onnx", "none/x.onnx: cannot be written: there is no folder none"),
    ("new digits -o pictures", "pictures: cannot be written: it is a folder"),
    ("new digits -o none/x.cfg", "none/x.cfg: cannot be written: there is no folder none"),
    (f"{RUN} --json pictures", "pictures: cannot be written: it is a folder"),
    (f"{RUN} --jsonl loop", "loop: cannot be written: Too many levels of symbolic links"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of all kinds, in the folder that the command is started from."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path, DETECTOR)
    for name in ("pictures/sub", "a", "out"):
        Path(name).mkdir(parents=True)
    for name in ("pictures/a.png", "pictures/sub/b.png", "a/c.png"):
        write_picture(name, np.zeros((32, 32, 3), np.uint8))
    for name in ("x.names", "names.onnx"):
        Path(name).write_text("cat\ndog\n")
    Path("x.onnx").write_bytes(darkcsp.convert("x.cfg", "x.weights", "made.onnx").read_bytes())
    Path("weights.onnx").write_bytes(Path("x.weights").read_bytes())
    Path("9k.tree").write_text("thing -1\ncat 0\n")
    Path("tree.cfg").write_text("[net]\nwidth=8\nheight=8\nchannels=2\n[avgpool]\n[softmax]\ntree=9k.tree\n")
    Path("tree.weights").write_bytes(Path("x.weights").read_bytes()[:20])
    os.symlink("x.weights", "symbolic.onnx")
    os.symlink("pictures/a.png", "symbolic.png")
    os.link("x.weights", "hard.onnx")
    os.symlink(".", "there")
    os.symlink("new", "dangling")
    os.symlink("loop", "loop")
    os.symlink("/dev/null", "null")
    return tmp_path


def _contents(folder: Path) -> dict[str, bytes | str]:
    """What every file holds, and where every link points."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[str(path)] = os.readlink(path)
        elif path.is_file():
            found[str(path)] = path.read_bytes()
    return found


@pytest.mark.parametrize(("command", "message"), REFUSED, ids=[command for command, _ in REFUSED])
def test_nothing_is_lost(folder: Path, command: str, message: str) -> None:
    before = _contents(folder)
    result = run_command(*command.split())
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert _contents(folder) == before


@pytest.mark.parametrize("command", ["run", "info", "convert x.cfg", "bench", "new digits -o", "run a.png --json"])
def test_an_empty_path_is_an_error(folder: Path, command: str) -> None:
    result = run_command(*command.split(), "")
    assert result.exit_code == 2
    assert "is empty, expected a path" in result.stderr


def test_links_are_followed_and_devices_written_to(folder: Path) -> None:
    result = run_command("convert", "x.cfg", "x.weights", "-o", "dangling")
    assert result.exit_code == 0, result.output
    assert Path("dangling").is_symlink()
    assert Path("new").read_bytes() == Path("made.onnx").read_bytes()
    result = run_command(*RUN.split(), "--no-draw", "--json", "null", "--csv", "null")
    assert result.exit_code == 0, result.output
    assert Path("null").is_symlink() and Path("null").is_char_device()


def test_outputs_that_are_there_are_replaced(folder: Path) -> None:
    for _ in range(2):
        result = run_command(*RUN.split(), "-o", "out", "--yolo", "out", "--voc", "out", "--json", "out/x.json")
        assert result.exit_code == 0, result.output
    found = {path.name for path in Path("out").rglob("*")}
    assert found == {"a.png", "a.txt", "a.xml", "b.png", "b.txt", "b.xml", "sub", "x.json"}


def test_the_default_model_is_read_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = nullcontext((Path("x.cfg"), Path("x.weights"), Path("x.names")))
    monkeypatch.setattr(default, "default_files", lambda: files)
    before = _contents(folder)
    result = run_command("run", "pictures", "--json", "hard.onnx")
    assert result.exit_code == 2
    assert "hard.onnx: is x.weights, which is read as the default model, so it cannot be --json" in result.stderr
    assert _contents(folder) == before


def test_functions_refuse_it_too(folder: Path) -> None:
    before = _contents(folder)
    for cfg, weights, out in (
        ("x.cfg", "x.weights", "x.weights"),
        ("x.cfg", "x.weights", "x.cfg"),
        ("x.cfg", "x.weights", "hard.onnx"),
        ("x.cfg", "weights.onnx", None),
        ("tree.cfg", "tree.weights", "9k.tree"),
    ):
        with pytest.raises(ArgumentError, match="cannot be out as well"):
            darkcsp.convert(cfg, weights, out)
    with pytest.raises(ArgumentError, match="read as calibration, so it cannot be out"):
        convert_precision("x.cfg", "x.weights", "a/c.png", precision="fp16", calibration=["a"])
    assert _contents(folder) == before


def test_weights_can_be_saved_where_they_came_from(folder: Path) -> None:
    pytest.importorskip("torch")
    before = Path("x.weights").read_bytes()
    network = darkcsp.load("x.cfg", "x.weights")
    network.save_weights("symbolic.onnx")
    assert Path("symbolic.onnx").is_symlink()
    graph = darkcsp.build_graph("x.cfg")
    weights = darkcsp.read_weights("x.weights", graph)
    darkcsp.write_weights("x.weights", weights, graph)  # whose arrays are the file
    darkcsp.write_weights("x.weights", weights, graph)
    assert Path("x.weights").read_bytes() == Path("hard.onnx").read_bytes() == before
