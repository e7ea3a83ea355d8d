"""Damages files of every kind and passes them to their readers.

    scripts/fuzz [--minutes 2 | --count 1000] [--target cfg ...] [--seed 0] [--keep]

Each must be accepted, or refused by one of darkcsp's errors with one line of at most 500 printable characters, within 2
seconds and 500 MB above what the process used before. Prints a Markdown table, and each failure with its seed; exits
with 1 if there is one. --keep adds these files to tests/corpus, which the tests try again. See also
scripts/fuzz_guided.
"""

from __future__ import annotations

import sys
import time

from scripts.arguments import parser
from scripts.fuzzing.inputs.corpus import keep, kept
from scripts.fuzzing.inputs.judging import fault
from scripts.fuzzing.inputs.running import Fault, make, run
from scripts.fuzzing.inputs.targets import TARGETS

MOST_FAULTS = 20
"""Number of failures after which a target is abandoned."""


def main() -> None:
    """Fuzz and print."""
    arguments = parser("fuzz", __doc__)
    arguments.add_argument("--target", action="append", choices=TARGETS, help="only this target; may be repeated")
    arguments.add_argument("--minutes", type=float, help="for all targets together")
    arguments.add_argument("--count", type=int, default=None, help="files for each target")
    arguments.add_argument("--seed", type=int, default=0, help="seed of the first file")
    arguments.add_argument("--keep", action="store_true", help="add files that fail to the corpus")
    options = arguments.parse_args()
    names = options.target or list(TARGETS)
    count = options.count or (10**9 if options.minutes else 1000)
    share = 60 * options.minutes / len(names) if options.minutes else float("inf")
    print("| read as | damaged files | failures | seconds |\n| --- | ---: | ---: | ---: |", flush=True)
    found = [item for name in names for item in _fuzz(name, options.seed, count, share)]
    for item in found:
        print(f"\n{item.target}, seed {item.seed}: {item.problem}", end="")
        if options.keep and item.seed >= 0:
            print(f"; kept as {keep(item.target, make(item.target, item.seed))}", end="")
    print()
    sys.exit(bool(found))


def _fuzz(target: str, seed: int, count: int, seconds: float) -> list[Fault]:
    start = time.monotonic()
    found = [Fault(target, -1, f"{path}: {problem}") for path in kept(target)
             if (problem := fault(TARGETS[target].check, path.read_bytes(), TARGETS[target].seconds))]  # fmt: skip
    tried = 0
    for item in run(target, seed, seed + count, start + seconds):
        if isinstance(item, int):
            tried = item
            continue
        found.append(item)
        if len(found) >= MOST_FAULTS:
            tried = item.seed - seed
            break
    print(f"| {target} | {tried} | {len(found)} | {time.monotonic() - start:.0f} |", flush=True)
    return found


if __name__ == "__main__":
    main()
