"""Compares every layer of every reference case with the outputs of the original program, on each backend.

    scripts/check_golden [PATTERN] [--family cpu | trained | wongkinyiu] [--ops | --nets] [--no-opencv]
                         [--markdown docs/golden.md]

The families are in tests/reference.py and tests/reference_wongkinyiu.py: what Darknet computes on a CPU, what it
computed when networks were trained, and what WongKinYiu's PyTorch programs compute. Prints a line for each case: the
worst layer and its error (largest difference divided by the largest reference value) in PyTorch and ONNX Runtime, and
the error of the final outputs in OpenCV DNN, or OpenCV's error message. Exits with 1 if an error exceeds its bound:
1e-5 for single layers, 1e-4 for networks, 2e-4 for WongKinYiu's, 2e-3 for OpenCV's final outputs.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from scripts.arguments import parser
from scripts.check.golden.cases import Row, compare
from scripts.check.golden.report import line, page, summary
from scripts.check.golden.wongkinyiu import compare_theirs
from tests.reference import CASES, FAMILIES, Cases
from tests.reference_wongkinyiu import CASES as THEIRS
from tests.reference_wongkinyiu import Cases as TheirCases

COMPARISONS: tuple[tuple[Cases | TheirCases, Callable[[Path, bool], Row]], ...] = (
    *((cases, partial(compare, cases)) for cases in CASES),
    *((cases, partial(compare_theirs, cases)) for cases in THEIRS),
)
EVERY_FAMILY = (*FAMILIES, THEIRS[0].family)


def main() -> None:
    """Run the comparison."""
    arguments = parser("check_golden", __doc__)
    arguments.add_argument("pattern", nargs="?", default="")
    arguments.add_argument("--family", action="append", choices=EVERY_FAMILY, help="only this family; may be repeated")
    arguments.add_argument("--ops", action="store_true", help="only single layers")
    arguments.add_argument("--nets", action="store_true", help="only networks")
    arguments.add_argument("--no-opencv", action="store_true")
    arguments.add_argument("--markdown", type=Path, help="also write the tables as a page")
    options = arguments.parse_args()
    kinds = {"op", "net"} if options.ops == options.nets else {"op"} if options.ops else {"net"}
    start = time.perf_counter()
    rows = []
    for cases, run in COMPARISONS:
        if cases.kind in kinds and cases.family in (options.family or EVERY_FAMILY):
            for path in cases.paths:
                if options.pattern in path.stem:
                    rows.append(run(path, not options.no_opencv))
                    gc.collect()  # large networks leave cycles
                    print(line(rows[-1]), flush=True)
    if not rows:
        sys.exit(f"no case matches {options.pattern!r}; networks are in ../shared/golden")
    print(summary(rows, time.perf_counter() - start))
    if options.markdown:
        options.markdown.write_text(page(rows))
    sys.exit(not all(row.agrees for row in rows))


if __name__ == "__main__":
    main()
