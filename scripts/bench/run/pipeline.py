"""The pipeline from files to results compared with the network alone, one block of pictures at a time."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from darkcsp import Detector
from darkcsp.media import (
    AnnotatedPictures,
    JsonLines,
    PictureFiles,
    Sink,
    Targets,
    find_pictures,
    process,
    read_picture,
)
from scripts.bench.turns import ratios, take_turns


def compare(detector: Detector, folder: Path, rounds: int) -> None:
    """Print how long the pipeline takes compared with the network alone."""
    files = find_pictures([folder / "pictures"])
    blocks = [files[start::rounds] for start in range(rounds)]
    inputs = [[detector.prepare(read_picture(file.path)) for file in block] for block in blocks]

    def alone(number: int) -> None:
        for item in inputs[number]:
            detector.infer([item])

    def piped(number: int, *sinks: Sink) -> None:
        lines = JsonLines(folder / "x.jsonl")
        tally = process(PictureFiles(blocks[number]), detector, [lines, *sinks], lambda _: None)
        if tally.done != len(blocks[number]):
            sys.exit("bench_run: some pictures could not be read")

    def drawn(number: int) -> None:
        piped(number, AnnotatedPictures(Targets(folder / "drawn")))

    def one_after_the_other(number: int) -> None:
        for file in blocks[number]:
            detector(read_picture(file.path))

    ways: dict[str, Callable[[int], None]] = {
        "network alone": alone,
        "pipeline to JSON lines": piped,
        "pipeline, drawing too": drawn,
        "read and run in turn": one_after_the_other,
    }
    for way in ways.values():
        way(0)  # caches and thread pools
    times = take_turns(ways, range(rounds))
    per_block = len(files) / rounds
    for name, seconds in times.items():
        beside = ratios(seconds, times["network alone"])
        print(
            f"{name:24} {1000 * statistics.median(seconds) / per_block:7.2f} ms a picture, "
            f"{statistics.median(beside):.3f} times the network ({min(beside):.3f} to {max(beside):.3f})"
        )
