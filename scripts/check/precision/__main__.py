"""What lower precision costs on trained checkpoints: detections beside float32, by checkpoint, engine and precision.

    scripts/check_precision [--checkpoints FOLDER] [--pictures FOLDER] [--more] [--json FILE]

Compared are the default model on examples/, and every .cfg with .weights below FOLDER on the pictures of the other
folder. int8 is calibrated on these pictures as they are; --more compares on six variants of each as well (mirrored,
cut, darker, half as large), which int8 has not seen. fp32 on ONNX Runtime is what all are compared with.

Verdicts: fp32, fp16 and bf16 must leave the detections unchanged: every box above 0.25 of either model has one of the
same class in the other, IoU at least 0.9, confidence within 0.05. A tie is a box that the other model has the same
before suppression, which kept another of those that overlap; rounding decides that, and it is told apart. int8 is
reported. Exits with 1 where a verdict is not met.
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
    arguments.add_argument("--more", action="store_true", help="compare on variants of the pictures as well")
    arguments.add_argument("--json", help="a file for the figures")
    return arguments.parse_args()


if __name__ == "__main__":
    main()
