"""What a reader of the pages has: a clone of the repository, and files under the names that the examples use."""

from __future__ import annotations

import shutil
from pathlib import Path

from darkcsp.media import read_picture, write_picture
from scripts.places import ROOT
from tests.checkpoint.test_reading import TEXT, save_pt, their_tensors
from tests.media.films import write_film
from tests.networks import CLASSIFIER, DETECTOR, weights_of, write_files
from tests.single import read_as_theirs

CLONE = ("cfgs", "docs", "examples", "scripts", "weights")
"""Folders of the repository that commands refer to."""

DIGITS = "zero one two three four five six seven eight nine".split()


def prepare(folder: Path) -> None:
    """Fill a folder: the clone's files, and small stand-ins for a reader's own networks, pictures and films."""
    for name in CLONE:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    _networks(folder)
    _pictures(folder)


def _networks(folder: Path) -> None:
    """yolov4 is the default model at another size, x a detector of two classes, darknet19 a classifier of five."""
    cfg = (ROOT / "cfgs" / "digits.cfg").read_text()
    (folder / "yolov4.cfg").write_text(cfg.replace("width=192", "width=608").replace("height=192", "height=608"))
    shutil.copy(ROOT / "weights" / "digits.weights", folder / "yolov4.weights")
    (folder / "coco.names").write_text("\n".join(DIGITS) + "\n")
    write_files(folder, DETECTOR, "x")
    write_files(folder, CLASSIFIER, "darknet19")
    (folder / "imagenet.names").write_text("tench\ngoldfish\nshark\nray\ncock\n")
    graph = read_as_theirs(TEXT)
    (folder / "yolor_p6.cfg").write_text(TEXT)
    save_pt(their_tensors(graph, weights_of(graph)), folder / "yolor_p6.pt")


def _pictures(folder: Path) -> None:
    for name in ("photos", "uploads", "shots/monday"):
        (folder / name).mkdir(parents=True)
    for number in (1, 2):
        scene = read_picture(ROOT / "examples" / f"scene_{number}.jpg")
        for name in (f"photos/{number}.jpg", f"uploads/{number}.jpg", f"shots/monday/{number}.png"):
            write_picture(folder / name, scene)
    shutil.copy(ROOT / "examples" / "scene_1.jpg", folder / "photo.jpg")
    write_film(folder / "video.avi", 3).rename(folder / "video.mp4")
