"""The eight networks that the benchmarks run: like those of the CSPNet paper and its authors' README."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.places import UPSTREAM

NETWORKS = (
    "yolov3-tiny",
    "yolov3-tiny-prn",
    "yolov4-tiny.cfg",
    "yolo-fastest-1.1-xl.cfg",
    "csresnext50",
    "csdarknet53-omega",
    "csmobilenet-v2",
    "csresnext50-panet-spp",
)
"""Models of the zoo, and files in --darknet-cfgs."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose networks, threads and the clock."""
    parser.add_argument("--only", nargs="+", metavar="NETWORK", help="some of the eight")
    parser.add_argument("--darknet-cfgs", nargs="+", type=Path, default=[UPSTREAM], help="folders with cfgs")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cpu-time", action="store_true", help="of one thread, for a machine under other load")


def parse(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Read the command line. Processor time is useful only for one thread."""
    options = parser.parse_args()
    if options.cpu_time:
        options.threads = 1
    return options


def find_networks(options: argparse.Namespace) -> list[str]:
    """Return names of the zoo and paths of cfgs; print those that are missing."""
    found = []
    for name in NETWORKS:
        if options.only and name.removesuffix(".cfg") not in options.only:
            continue
        if not name.endswith(".cfg"):
            found.append(name)
            continue
        paths = sorted(path for folder in options.darknet_cfgs for path in folder.rglob(name))
        found += [str(path) for path in paths[:1]]
        if not paths:
            folders = ", ".join(map(str, options.darknet_cfgs))
            print(f"{name} not found in {folders}: skipped", file=sys.stderr)
    return found
