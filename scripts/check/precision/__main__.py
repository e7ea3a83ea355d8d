"""Compares detections of trained checkpoints with those in float32, by checkpoint, engine and precision.

    scripts/check_precision [--checkpoints FOLDER] [--pictures FOLDER] [--more] [--json FILE]

The default model is compared on examples/, and every .cfg with .weights below FOLDER on the pictures of the other
folder. int8 is calibrated on these pictures; --more also compares on six variants of each (mirrored, cropped, darker,
half as large), which int8 has not seen. The reference is fp32 on ONNX Runtime.

fp32, fp16 and bf16 must leave the detections unchanged: for every box above 0.25 of either model, the other has one of
the same class with an IoU of at least 0.9 and a confidence within 0.05. A tie is a box that the other model also has
before NMS, which kept an overlapping box instead; rounding decides that, so ties are counted separately. int8 is only
reported. Exits with 1 if detections changed that must not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from dataclasses import asdict
from pathlib import Path

from darkcsp.errors import CfgWarning
from scripts.arguments import parser
from scripts.check.precision.checkpoints import find_checkpoints
from scripts.check.precision.comparing import Line, compare
from scripts.check.precision.report import summary, table
from scripts.output import console, write_json
from scripts.places import UPSTREAM


def main() -> None:
    """Compare and print."""
    options = parse()
    warnings.simplefilter("ignore", CfgWarning)
    out = console()
    lines: list[Line] = []
    for checkpoint in find_checkpoints(options.checkpoints, options.pictures):
        with tempfile.TemporaryDirectory() as folder:
            lines += compare(checkpoint, Path(folder), options.more)
        out.print(table(lines[-1].checkpoint, [line for line in lines if line.checkpoint == checkpoint.name]))
    wrong = [line for line in lines if line.verdict[:4].isupper()]
    for line in wrong:
        out.print(f"{line.verdict}: {line.checkpoint}, {line.engine}, {line.precision} {line.error}")
    out.print(summary(lines))
    if options.json:
        write_json(options.json, [{**asdict(line), "verdict": line.verdict} for line in lines])
    sys.exit(bool(wrong))


def parse() -> argparse.Namespace:
    """Read the command line."""
    arguments = parser("check_precision", __doc__)
    arguments.add_argument("--checkpoints", type=Path, default=UPSTREAM / "dog-qiuqiu")
    arguments.add_argument("--pictures", type=Path, default=UPSTREAM / "images")
    arguments.add_argument("--more", action="store_true", help="also compare on variants of the pictures")
    arguments.add_argument("--json", help="a file for the figures")
    return arguments.parse_args()


if __name__ == "__main__":
    main()
