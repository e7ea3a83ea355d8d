"""The course of a training: its steps, the measurements between them, and their files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import torch
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from darkcsp import Detector
from darkcsp.cfg.writer import write_cfg
from darkcsp.files import write_whole
from scripts.digits.measure import THRESHOLD, accuracy, scenes_of
from scripts.digits.record import Measurement, plot, write_csv
from scripts.digits.train.files import write_weights_of
from scripts.digits.train.sums import Sums
from scripts.digits.train.training import Training

CHECK_SEED = 7
"""Seed of the scenes of training digits that progress is measured on."""


def checkpoint_in(folder: Path) -> Path:
    """Return the path of a training's checkpoint."""
    return folder / "checkpoint.pt"


class Course:
    """Runs a training to its end, and measures it every few steps.

    Attributes:
        rows: the measurements.
    """

    def __init__(self, training: Training, out: Path, every: int, check: int) -> None:
        """Use a folder for the files; measure after every `every` steps, on `check` scenes."""
        self.training, self.out, self.every = training, out, every
        self.scenes = scenes_of("training", check, CHECK_SEED)
        self.rows: list[Measurement] = []

    def run(self) -> None:
        """Train up to the limit."""
        training = self.training
        kind = "bfloat16" if training.bfloat16 else "float32"
        print(f"{training.device.type}, {kind}, {torch.get_num_threads()} threads")
        with progress_bar() as bar:
            task = bar.add_task("", total=1.0)
            bar.update(task, completed=training.progress)
            for text in self.steps():
                bar.update(task, completed=training.progress, description=text)

    def steps(self) -> Iterator[str]:
        """Train, and yield the progress after each step."""
        training = self.training
        batches = training.batches()
        sums, before = Sums(), time.perf_counter()
        started, first = before, training.scenes
        while training.progress < 1:
            sums = sums.plus(training.train_step(next(batches)))
            now = time.perf_counter()
            training.seconds, before = training.seconds + now - before, now
            if training.step % self.every == 0 or training.progress >= 1:
                self.measure(sums)
                sums = Sums()
            rate = (training.scenes - first) / (now - started)
            last = f"mAP@0.5 {self.rows[-1].map50:.3f}" if self.rows else ""
            yield f"step {training.step}  {rate:.0f} scenes/s  loss {sums.means().total:.3f}  {last}"

    def measure(self, sums: Sums) -> None:
        """Add a line to the record, and save the state."""
        training = self.training
        cfg, weights = self.out / "digits.cfg", self.out / "average.weights"
        write_weights_of(training.average.network, weights, training.scenes)
        write_cfg(training.cfg, cfg)
        detector = Detector(cfg=cfg, weights=weights, backend="torch", threshold=THRESHOLD, max_detections=0)
        result = accuracy(detector, self.scenes)
        rate, losses = training.optimiser.param_groups[0]["lr"], sums.means()
        self.rows.append(
            Measurement(
                training.step, training.scenes, training.seconds / 60, rate, *losses, result.map50, result.map50_95
            )
        )
        write_csv(self.out / "metrics.csv", self.rows)
        plot(self.out / "course.png", self.rows)
        self.save()

    def save(self) -> None:
        """Write the checkpoint."""
        state = self.training.state() | {"rows": [tuple(row) for row in self.rows]}
        with write_whole(checkpoint_in(self.out)) as file:
            torch.save(state, file)

    def load(self) -> None:
        """Load the checkpoint."""
        state = torch.load(checkpoint_in(self.out), map_location=self.training.device, weights_only=True)
        self.training.load(state)
        self.rows = [Measurement(*row) for row in state["rows"]]


def progress_bar() -> Progress:
    """Show the share done, the time, and the progress."""
    return Progress(
        BarColumn(20), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(), TextColumn("{task.description}")
    )
