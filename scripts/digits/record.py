"""The record of a training: a CSV file of measurements, and a chart of them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Measurement(NamedTuple):
    """One line: averages since the previous line; mAP of the moving average on scenes of training digits."""

    step: int
    scenes: int
    minutes: float
    rate: float
    loss: float
    box: float
    objectness: float
    classes: float
    map50: float
    map50_95: float


def write_csv(path: Path, rows: Sequence[Measurement]) -> None:
    """Write all measurements."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Measurement._fields)
        writer.writerows([[f"{value:.6g}" for value in row] for row in rows])


def plot(path: Path, rows: Sequence[Measurement]) -> None:
    """Draw loss and mAP over the number of scenes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4), layout="constrained")
    scenes = [row.scenes for row in rows]
    for name in ("loss", "box", "objectness", "classes"):
        left.plot(scenes, [getattr(row, name) for row in rows], label=name)
    left.set(xlabel="scenes", ylabel="loss", yscale="log")
    for name, label in (("map50", "mAP@0.5"), ("map50_95", "mAP@0.5:0.95")):
        right.plot(scenes, [getattr(row, name) for row in rows], label=label)
    right.set(xlabel="scenes", ylabel="on scenes of training digits", ylim=(0, 1))
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
