"""Runs every file that `darkcsp convert` can write on every engine: right, or refused by name when it is opened.

    scripts/check_combinations [--cfg CFG --weights WEIGHTS --pictures FOLDER] [--only PRECISION ...] [--write]

Precisions, targets, heads and inputs of one trained detector, the default model if none is named, are run in processes
of their own and held to PyTorch's detections in float32. Prints the Markdown page; --write writes docs/combinations.md.
Exits with 1 if anything is wrong, fails after it was opened, or crashes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path

from darkcsp.errors import CfgWarning
from darkcsp.media.paths import find_pictures
from darkcsp.modelfile.forms import PRECISIONS
from scripts.arguments import parser
from scripts.check.combinations.forms import DIGITS, EVERY_FORM, Checkpoint, write_forms
from scripts.check.combinations.page import page
from scripts.check.combinations.running import compare
from scripts.places import ROOT

PAGE = ROOT / "docs" / "combinations.md"


def main() -> None:
    """Run them and print."""
    options = parse()
    warnings.simplefilter("ignore", CfgWarning)
    checkpoint = DIGITS
    if options.cfg:
        pictures = tuple(Path(picture.path) for picture in find_pictures([options.pictures]))
        checkpoint = Checkpoint(options.cfg, options.weights, pictures)
    forms = [form for form in EVERY_FORM if form.precision in options.only]
    with tempfile.TemporaryDirectory() as folder:
        results = compare(checkpoint, write_forms(checkpoint, forms, Path(folder)))
    text = page(results)
    print(text, end="")
    if options.write:
        PAGE.write_text(text)
    wrong = [result for result in results if result.wrong]
    for result in wrong:
        print(f"{'-'.join(map(str, result.form))} on {result.engine}: {result.wrong}", file=sys.stderr)
    sys.exit(bool(wrong))


def parse() -> argparse.Namespace:
    """Read the command line."""
    arguments = parser("check_combinations", __doc__)
    arguments.add_argument("--cfg", type=Path, help="of another detector, with")
    arguments.add_argument("--weights", type=Path, help="its weights, and")
    arguments.add_argument("--pictures", type=Path, help="pictures with what it finds")
    arguments.add_argument("--only", nargs="+", choices=PRECISIONS, default=PRECISIONS, help="these precisions")
    arguments.add_argument("--write", action="store_true", help="write docs/combinations.md")
    options = arguments.parse_args()
    named = [options.cfg, options.weights, options.pictures]
    if any(named) and not all(named):
        arguments.error("--cfg, --weights and --pictures go together")
    return options


if __name__ == "__main__":
    main()
