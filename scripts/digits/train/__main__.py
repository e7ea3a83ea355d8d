"""Trains the default model, which finds and reads digits, on scenes that are composed during training.

    scripts/train_digits.py --minutes 35                 from the start
    scripts/train_digits.py --minutes 70 --resume        continue the last run, up to 70 minutes in total

Writes weights/digits.weights, weights/digits.names and cfgs/digits.cfg (the moving average of the weights), and to
out/train_digits the checkpoint, metrics.csv and course.png. The learning rate reaches its end at --steps or --minutes,
whichever comes first. Training never sees the handwritten digits that are held out for scripts/eval_digits.py.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
import torch

from darkcsp.zoo.digits import ANCHORS, SIZE, digits_cfg
from scripts.arguments import parser
from scripts.digits.anchors import kmeans_anchors
from scripts.digits.batches import Scenes
from scripts.digits.train.course import Course, checkpoint_in
from scripts.digits.train.files import write_model
from scripts.digits.train.training import Training
from scripts.places import ROOT

ANCHOR_SCENES = 1000


def main() -> None:
    """Train."""
    options = parse()
    cv2.setNumThreads(1)
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    cfg = digits_cfg(choose_anchors(options.seed) if options.new_anchors else ANCHORS)
    training = Training(cfg, options)
    course = Course(training, options.out, options.every, options.check)
    if options.resume:
        course.load()
    try:
        course.run()
    except KeyboardInterrupt:
        print("stopped; continue with --resume", file=sys.stderr)
    course.save()
    write_model(cfg, training.average.network, training.scenes, options.into)


def parse() -> argparse.Namespace:
    """Read the command line."""
    arguments = parser("train_digits.py", __doc__)
    arguments.add_argument("--minutes", type=float, default=90, help="time limit, earlier runs included (90)")
    arguments.add_argument("--steps", type=int, default=20000, help="limit of steps, earlier runs included (20000)")
    arguments.add_argument("--batch", type=int, default=32, help="scenes per step (32)")
    arguments.add_argument("--small", type=int, default=128, help="size of the scenes at first (128)")
    arguments.add_argument(
        "--small-share", type=float, default=0.6, help="share of the training with small scenes (0.6)"
    )
    arguments.add_argument("--rate", type=float, default=2e-3, help="highest learning rate (0.002)")
    arguments.add_argument("--decay", type=float, default=0.02, help="weight decay (0.02)")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--every", type=int, default=250, help="steps between measurements (250)")
    arguments.add_argument("--check", type=int, default=100, help="scenes per measurement (100)")
    arguments.add_argument("--workers", type=int, default=1, help="processes that compose scenes (1)")
    arguments.add_argument("--threads", type=int, help="threads of the network")
    arguments.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    arguments.add_argument(
        "--new-anchors", action="store_true", help="compute anchors by k-means instead of those in darkcsp.zoo.digits"
    )
    arguments.add_argument(
        "--into", type=Path, default=ROOT, help="write the model to cfgs/ and weights/ in this folder"
    )
    arguments.add_argument("--resume", action="store_true")
    arguments.add_argument("--out", type=Path, default=ROOT / "out" / "train_digits")
    options = arguments.parse_args()
    if options.resume and not checkpoint_in(options.out).exists():
        sys.exit(f"{checkpoint_in(options.out)}: no checkpoint to resume from")
    options.out.mkdir(parents=True, exist_ok=True)
    return options


def choose_anchors(seed: int) -> tuple[tuple[int, int], ...]:
    """Return six anchors for the boxes in training scenes. Those in darkcsp.zoo.digits were made with seed 1."""
    scenes = Scenes(seed, range(ANCHOR_SCENES), SIZE)
    boxes = np.concatenate([scenes[number].boxes for number in range(len(scenes))]).astype(np.float64)
    return kmeans_anchors(boxes[:, 2:] - boxes[:, :2], 6)


if __name__ == "__main__":
    main()
