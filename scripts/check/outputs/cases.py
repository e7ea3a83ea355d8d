"""The commands that write files, and their inputs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from darkcsp import convert
from darkcsp.detect.default import default_files
from darkcsp.media import write_picture

OLD = b"what was there before"

FRAMES = 12


@dataclass(frozen=True)
class Case:
    """A command.

    Attributes:
        name: the name in the table.
        arguments: of `darkcsp`; INPUTS stands for the folder with its inputs. It runs in the folder of its outputs.
        outputs: the files that it writes.
        is_same: tells whether the outputs of two runs are equivalent; by default, whether the bytes are equal.
    """

    name: str
    arguments: str
    outputs: tuple[str, ...]
    is_same: Callable[[bytes, bytes], bool] = bytes.__eq__

    def command(self, inputs: Path) -> list[str]:
        """Return the arguments."""
        return [argument.replace("INPUTS", str(inputs)) for argument in self.arguments.split()]


def _are_timings(first: bytes, second: bytes) -> bool:
    """Compare figures that differ from run to run: a truncated document is not valid JSON."""
    return [type(json.loads(data)) for data in (first, second)] == [dict, dict]


_PICTURES = tuple(f"{number:02d}" for number in range(8))
_RUN = "run INPUTS/pictures --model INPUTS/x.onnx --threshold 0.01 -q"

CASES = (
    Case("new -o", "new yolov3 -o x.cfg", ("x.cfg",)),
    Case("convert", "convert INPUTS/x.cfg INPUTS/x.weights -o x.onnx", ("x.onnx",)),
    Case(
        "convert --report",
        "convert INPUTS/x.cfg INPUTS/x.weights --precision fp16 --calibration INPUTS/pictures "
        "-o x.onnx --report x.json",
        ("x.onnx", "x.json"),
    ),
    Case("run --json", f"{_RUN} --no-draw --json x.json", ("x.json",)),
    Case("run --jsonl", f"{_RUN} --no-draw --jsonl x.jsonl", ("x.jsonl",)),
    Case("run --csv", f"{_RUN} --no-draw --csv x.csv", ("x.csv",)),
    Case("run --coco", f"{_RUN} --no-draw --coco x.json", ("x.json",)),
    Case("run --yolo", f"{_RUN} --no-draw --yolo .", tuple(f"{name}.txt" for name in _PICTURES)),
    Case("run --voc", f"{_RUN} --no-draw --voc .", tuple(f"{name}.xml" for name in _PICTURES)),
    Case("run -o", f"{_RUN} -o .", tuple(f"{name}.png" for name in _PICTURES)),
    Case("run -o, a video", "run INPUTS/film.avi --model INPUTS/x.onnx --threshold 0.01 -q -o .", ("film.avi",)),
    Case(
        "bench",
        "bench INPUTS/x.onnx --backend onnxruntime --rounds 1 --seconds 0 -q --json x.json",
        ("x.json",),
        _are_timings,
    ),
)


def make_inputs(folder: Path) -> None:
    """Write the inputs of the commands: the default model in two forms, pictures and a video of noise."""
    with default_files() as (cfg, weights, _):
        shutil.copy(cfg, folder / "x.cfg")
        shutil.copy(weights, folder / "x.weights")
    convert(folder / "x.cfg", folder / "x.weights", folder / "x.onnx")
    rng = np.random.default_rng(0)
    (folder / "pictures").mkdir()
    for name in _PICTURES:
        write_picture(folder / "pictures" / f"{name}.png", rng.integers(0, 256, (120, 160, 3), np.uint8))
    writer = cv2.VideoWriter(str(folder / "film.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (160, 120))
    for _ in range(FRAMES):
        writer.write(rng.integers(0, 256, (120, 160, 3), np.uint8))
    writer.release()
