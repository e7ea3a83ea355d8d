"""The users' scripts in examples/ do what they say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
import pytest

import darkcsp
from darkcsp.media import read_picture
from scripts.places import ROOT

EXAMPLES = ROOT / "examples"
CFG, WEIGHTS, NAMES = (ROOT / path for path in ("cfgs/digits.cfg", "weights/digits.weights", "weights/digits.names"))
SCENES = sorted(EXAMPLES.glob("scene_*.jpg"))
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def run(script: str, *arguments: object, cwd: Path) -> str:
    """Run an example in a folder; return what it prints."""
    command = [sys.executable, str(EXAMPLES / script), *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Start the server on a free port; give its address."""
    command = [sys.executable, str(EXAMPLES / "serve_threads.py"), "--port", "0", *arguments]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def ask(address: str, body: bytes) -> dict[str, object]:
    with urllib.request.urlopen(urllib.request.Request(address, body), timeout=60) as answer:
        found: dict[str, object] = json.load(answer)
        return found


def status_of(address: str, body: bytes, length: str) -> int:
    """Send a request with a Content-Length of our own; return the answer's status."""
    connection = HTTPConnection(address.removeprefix("http://"), timeout=60)
    connection.request("POST", "/", body, {"Content-Length": length})
    with connection.getresponse() as answer:
        return answer.status


def test_a_server_answers_many_threads_with_one_detector() -> None:
    detector = darkcsp.Detector(backend="onnxruntime")
    wanted = [detector(read_picture(scene)).to_dict() for scene in SCENES]
    with serving("--workers", "2") as address, ThreadPoolExecutor(8) as pool:
        bodies = [scene.read_bytes() for scene in SCENES]
        answers = list(pool.map(lambda body: ask(address, body), bodies * 6))
        for wrong, length in ((b"no picture", "10"), (b"", "0"), (b"", "16000001"), (b"", "many")):
            assert 400 <= status_of(address, wrong, length) < 500
        assert ask(address, bodies[0]) == wanted[0]
    assert answers == wanted * 6


def test_the_tutorial_s_loop_finds_what_darkcsp_finds_but_for_one_class_a_box(tmp_path: Path) -> None:
    model = darkcsp.convert(CFG, WEIGHTS, tmp_path / "digits.onnx")
    detector = darkcsp.Detector(model, backend="opencv")
    missing = 0
    for scene in SCENES:
        printed = run("opencv_tutorial_loop.py", model, scene, "--size", 192, "--names", NAMES, cwd=tmp_path)
        found, wanted = Counter(line[0] for line in printed.splitlines()), Counter(detector(read_picture(scene)).names)
        assert found and not found - wanted
        missing += (wanted - found).total()
        assert read_picture(tmp_path / "tutorial.jpg").shape == read_picture(scene).shape
    assert missing <= 1


def test_new_heads_are_trained_saved_and_converted(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    printed = run("finetune_head.py", "--steps", 6, "--batch", 2, "--out", tmp_path / "shapes", cwd=tmp_path)
    first, last = (float(loss) for loss in re.findall(r"loss ([0-9.]+)", printed))
    assert last < first / 2
    assert "drawn: " in printed and "found: " in printed
    graph = darkcsp.build_graph(tmp_path / "shapes" / "shapes.cfg")
    assert [head.classes for head in graph.heads] == [3, 3]
    kept = darkcsp.read_weights(tmp_path / "shapes" / "shapes.weights", graph)
    trained = darkcsp.read_weights(WEIGHTS, darkcsp.build_graph(CFG))
    heads = {head.sources[0] for head in graph.heads}
    for layer, blobs in trained.items():
        same = layer not in heads and all(np.array_equal(kept[layer][name], values) for name, values in blobs.items())
        assert same == (layer not in heads)
    detector = darkcsp.Detector(tmp_path / "shapes" / "shapes.onnx", backend="onnxruntime")
    assert detector.names == ("circle", "square", "triangle")
    assert read_picture(tmp_path / "shapes" / "found.jpg").shape == (192, 192, 3)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_each_says_how_it_is_run(path: Path) -> None:
    text = path.read_text()
    assert text.startswith('"""') and f"    python examples/{path.name}" in text.split('"""')[1]
    assert len(text.splitlines()) <= 140
