#!/usr/bin/env python
"""Trains the default model: finds and reads digits, in scenes that are composed while it trains.

    scripts/train_digits.py --minutes 35                 from the start
    scripts/train_digits.py --minutes 70 --resume        go on where the last run ended, to 70 minutes altogether

Writes weights/digits.weights, weights/digits.names and cfgs/digits.cfg (the moving average of the weights), and to
out/train_digits the checkpoint, metrics.csv and course.png. The learning rate falls to its end at --steps or --minutes,
whichever comes first. Nothing here ever sees the handwritten digits that are held out for scripts/eval_digits.py.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
import torch
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from darkcsp import Detector, Network, build_graph
from darkcsp.cfg import Cfg
from darkcsp.cfg.writer import write_cfg
from darkcsp.files import write_whole
from darkcsp.weightfile import Header
from darkcsp.zoo.digits import ANCHORS, SIZE, digits_cfg
from scripts.digits.anchors import kmeans_anchors
from scripts.digits.batches import Batch, Scenes, training_batches
from scripts.digits.loss import Parts, YoloLoss
from scripts.digits.measure import THRESHOLD, accuracy, scenes_of
from scripts.digits.optimise import MovingAverage, make_optimiser, rate_factor, start_heads
from scripts.digits.record import Measurement, plot, write_csv

ROOT = Path(__file__).resolve().parents[1]
CHECKPOINT = "checkpoint.pt"
ANCHOR_SCENES = 1000
CHECK_SEED = 7
"""Scenes of training digits that the course of training is measured on."""


def main() -> None:
    """Train."""
    options = parse()
    if options.resume and not (options.out / CHECKPOINT).exists():
        sys.exit(f"{options.out / CHECKPOINT}: there is no checkpoint to resume from")
    options.out.mkdir(parents=True, exist_ok=True)
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    cfg = digits_cfg(choose_anchors(options.seed) if options.new_anchors else ANCHORS)
    training = Training(cfg, options)
    if options.resume:
        training.load()
    try:
        training.run()
    except KeyboardInterrupt:
        print("stopped; --resume goes on from here", file=sys.stderr)
    training.save()
    write_model(cfg, training.average.network, training.scenes, options.into)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=90, help="time limit, earlier runs included (90)")
    parser.add_argument("--steps", type=int, default=20000, help="limit of steps, earlier runs included (20000)")
    parser.add_argument("--batch", type=int, default=32, help="scenes of a step (32)")
    parser.add_argument("--small", type=int, default=128, help="side of the scenes at first (128)")
    parser.add_argument("--small-share", type=float, default=0.6, help="share of the training with them (0.6)")
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate (0.002)")
    parser.add_argument("--decay", type=float, default=0.02, help="weight decay (0.02)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=250, help="steps between measurements (250)")
    parser.add_argument("--check", type=int, default=100, help="scenes of a measurement (100)")
    parser.add_argument("--workers", type=int, default=1, help="processes that compose scenes (1)")
    parser.add_argument("--threads", type=int, help="threads of the network")
    parser.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    parser.add_argument("--new-anchors", action="store_true", help="by k-means, instead of those in darkcsp.zoo.digits")
    parser.add_argument("--into", type=Path, default=ROOT, help="folder whose cfgs/ and weights/ get the model")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "train_digits")
    return parser.parse_args()


def choose_anchors(seed: int) -> tuple[tuple[int, int], ...]:
    """Six anchors of the boxes in training scenes; those in darkcsp.zoo.digits were made so, with seed 1."""
    scenes = Scenes(seed, range(ANCHOR_SCENES), SIZE)
    boxes = np.concatenate([scenes[number].boxes for number in range(len(scenes))]).astype(np.float64)
    return kmeans_anchors(boxes[:, 2:] - boxes[:, :2], 6)


class Sums(NamedTuple):
    """Losses added up since the last measurement."""

    steps: int = 0
    parts: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)

    def plus(self, parts: Parts) -> Sums:
        """Return the sums with another step's."""
        return Sums(self.steps + 1, tuple(a + float(b.detach()) for a, b in zip(self.parts, parts, strict=True)))

    def means(self) -> tuple[float, ...]:
        """Return the averages."""
        return tuple(part / max(self.steps, 1) for part in self.parts)


class Training:
    """A training that can be saved and taken up again.

    Attributes:
        step: steps done; seconds: time they took, measurements included.
        rows: measurements.
    """

    def __init__(self, cfg: Cfg, options: argparse.Namespace) -> None:
        self.cfg, self.options = cfg, options
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        graph = build_graph(cfg)
        network = Network(graph)
        start_heads(network)
        self.network = network.to(self.device).to(memory_format=torch.channels_last).train()
        self.average = MovingAverage(self.network)
        self.losses = {size: YoloLoss(build_graph(cfg, (size, size))) for size in (options.small, SIZE)}
        self.optimiser = make_optimiser(self.network, options.rate, options.decay)
        self.step, self.seconds, self.rows = 0, 0.0, list[Measurement]()
        self.check = scenes_of("training", options.check, CHECK_SEED)
        self.bfloat16 = options.precision == "bfloat16" or (options.precision == "auto" and self.bfloat16_is_faster())

    @property
    def checkpoint(self) -> Path:
        """Where the state is kept."""
        return Path(self.options.out) / CHECKPOINT

    @property
    def scenes(self) -> int:
        """Scenes seen."""
        return self.step * int(self.options.batch)

    @property
    def progress(self) -> float:
        """0..1, by steps or time, whichever is further."""
        return min(max(self.step / self.options.steps, self.seconds / 60 / self.options.minutes), 1.0)

    @property
    def size(self) -> int:
        """Side of the scenes at this point: small ones teach the same for less at first."""
        return int(self.options.small) if self.progress < self.options.small_share else SIZE

    def batches(self) -> Iterator[Batch]:
        """Scenes of the size that it is time for."""
        options = self.options
        while self.progress < 1:
            size = self.size
            numbers = range(self.step * options.batch, options.steps * options.batch)
            for batch in training_batches(Scenes(options.seed + size, numbers, size), options.batch, options.workers):
                yield batch
                if self.size != size:
                    break

    def run(self) -> None:
        """Train up to the limit."""
        print(f"{self.device.type}, {'bfloat16' if self.bfloat16 else 'float32'}, {torch.get_num_threads()} threads")
        with progress_bar() as bar:
            task = bar.add_task("", total=1.0, completed=self.progress)
            for text in self.steps():
                bar.update(task, completed=self.progress, description=text)

    def steps(self) -> Iterator[str]:
        """Train, and say how it goes after each step."""
        batches = self.batches()
        sums, before = Sums(), time.perf_counter()
        started, first = before, self.step
        while self.progress < 1:
            sums = sums.plus(self.train_step(next(batches)))
            self.step += 1
            now = time.perf_counter()
            self.seconds, before = self.seconds + now - before, now
            if self.step % self.options.every == 0 or self.progress >= 1:
                self.measure(sums)
                sums = Sums()
            rate = (self.step - first) * self.options.batch / (now - started)
            last = f"mAP@0.5 {self.rows[-1].map50:.3f}" if self.rows else ""
            yield f"step {self.step}  {rate:.0f} scenes/s  loss {sums.means()[0]:.3f}  {last}"

    def train_step(self, batch: Batch) -> Parts:
        """One step of the optimiser."""
        factor = rate_factor(self.progress)
        for group in self.optimiser.param_groups:
            group["lr"] = self.options.rate * factor
        parts = self.forward(batch)
        self.optimiser.zero_grad(set_to_none=True)
        parts.total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimiser.step()
        self.average.update(self.network)
        return parts

    def forward(self, batch: Batch) -> Parts:
        """Return the loss of a batch."""
        images = batch.images.to(self.device, memory_format=torch.channels_last).float() / 255
        with self.casting():
            raw = self.network(images)
        return self.losses[images.shape[-1]](raw, batch.boxes.to(self.device), batch.classes.to(self.device))

    def casting(self) -> AbstractContextManager[None]:
        """Convolutions in bfloat16 where that is on."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16)

    def measure(self, sums: Sums) -> None:
        """Add a line to the record; keep the state."""
        path = Path(self.options.out) / "average.weights"
        write_weights_of(self.average.network, path, self.scenes)
        cfg = Path(self.options.out) / "digits.cfg"
        write_cfg(self.cfg, cfg)
        detector = Detector(cfg=cfg, weights=path, backend="torch", threshold=THRESHOLD)
        result = accuracy(detector, self.check)
        rate = self.optimiser.param_groups[0]["lr"]
        self.rows.append(
            Measurement(self.step, self.scenes, self.seconds / 60, rate, *sums.means(), result.map50, result.map50_95)
        )
        write_csv(Path(self.options.out) / "metrics.csv", self.rows)
        plot(Path(self.options.out) / "course.png", self.rows)
        self.save()

    def save(self) -> None:
        """Write the checkpoint."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average.network.state_dict(),
            "updates": self.average.updates,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "rows": [tuple(row) for row in self.rows],
        }
        with write_whole(self.checkpoint) as file:
            torch.save(state, file)

    def load(self) -> None:
        """Take up the checkpoint."""
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average.network.load_state_dict(state["average"])
        self.average.updates = state["updates"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.rows = [Measurement(*row) for row in state["rows"]]

    def bfloat16_is_faster(self) -> bool:
        """Time a few forward and backward passes each way; processors without bfloat16 emulate it, slowly."""
        images = torch.rand(self.options.batch, 3, SIZE, SIZE).to(self.device, memory_format=torch.channels_last)
        return time_of_passes(self.average.network, images, True) < time_of_passes(self.average.network, images, False)


def time_of_passes(network: torch.nn.Module, images: torch.Tensor, bfloat16: bool) -> float:
    """Seconds of the fastest of three passes, gradients with respect to the pictures included."""
    times = []
    for _ in range(3):
        given = images.clone().requires_grad_()
        start = time.perf_counter()
        with torch.autocast(images.device.type, torch.bfloat16, enabled=bfloat16):
            raw = network(given)
        sum(tensor.float().sum() for tensor in raw).backward()
        if images.is_cuda:
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return min(times)


def progress_bar() -> Progress:
    """Share done, time, and how it goes."""
    return Progress(
        BarColumn(20), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(), TextColumn("{task.description}")
    )


def write_weights_of(network: Network, path: Path, scenes: int) -> None:
    """Write a network's weights; the header says how many scenes it has seen."""
    network.header = Header(seen=scenes)
    network.save_weights(path)


def write_model(cfg: Cfg, network: Network, scenes: int, into: Path) -> None:
    """Put the model where the package has it."""
    for folder in ("cfgs", "weights"):
        (into / folder).mkdir(parents=True, exist_ok=True)
    write_cfg(cfg, into / "cfgs" / "digits.cfg")
    write_weights_of(network, into / "weights" / "digits.weights", scenes)
    with write_whole(into / "weights" / "digits.names") as file:
        file.write("".join(f"{digit}\n" for digit in range(10)).encode())


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
