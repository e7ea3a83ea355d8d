"""Compares every layer of every measured case with what the program that was measured left there, through each backend.

    scripts/check_golden [PATTERN] [--family cpu | --family trained] [--ops | --nets] [--no-opencv]
                         [--markdown docs/golden.md]

The families are in tests/reference.py: what Darknet computes on a CPU, and what it computed where networks were
trained. Prints a line for each case: the worst layer and its error (largest difference over the largest reference
value) in PyTorch and ONNX Runtime, and the error of the final outputs in OpenCV DNN, or what OpenCV says it lacks.
Exits with 1 where a bound is broken: 1e-5 for single layers, 1e-4 for networks, 2e-3 for OpenCV's final outputs.
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

from scripts.arguments import parser
from scripts.check.golden.cases import compare
from scripts.check.golden.report import line, page, summary
from tests.reference import CASES, FAMILIES


def main() -> None:
    """Run the comparison."""
    arguments = parser("check_golden", __doc__)
    arguments.add_argument("pattern", nargs="?", default="")
    arguments.add_argument("--family", action="append", choices=FAMILIES, help="one alone; may be repeated")
    arguments.add_argument("--ops", action="store_true", help="single layers alone")
    arguments.add_argument("--nets", action="store_true", help="networks alone")
    arguments.add_argument("--no-opencv", action="store_true")
    arguments.add_argument("--markdown", type=Path, help="also write the table as a page")
    options = arguments.parse_args()
    kinds = {"op", "net"} if options.ops == options.nets else {"op"} if options.ops else {"net"}
    start = time.perf_counter()
    rows = []
    for cases in CASES:
        if cases.kind in kinds and cases.family in (options.family or FAMILIES):
            for path in cases.paths:
                if options.pattern in path.stem:
                    rows.append(compare(cases, path, not options.no_opencv))
                    gc.collect()  # large networks leave cycles
                    print(line(rows[-1]), flush=True)
    if not rows:
        sys.exit(f"no case matches {options.pattern!r}; networks lie in ../shared/golden")
    print(summary(rows, time.perf_counter() - start))
    if options.markdown:
        options.markdown.write_text(page(rows))
    sys.exit(not all(row.agrees for row in rows))


if __name__ == "__main__":
    main()
