"""Damages files of every kind and gives them to what reads them.

    scripts/fuzz [--minutes 2 | --count 1000] [--target cfg ...] [--seed 0] [--keep]

Each must be taken, or refused with one line of at most 500 printable characters by an error of darkcsp's own, within 2
seconds and in 500 MB beyond what the process took before. Prints a Markdown table, and what went wrong with its seed;
exits with 1 where anything did. --keep adds these files to tests/corpus, which the tests try again. See
scripts/fuzz_guided, too.
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
"""Of one target, after which the rest of it is left."""


def main() -> None:
    """Fuzz and print."""
    arguments = parser("fuzz", __doc__)
    arguments.add_argument("--target", action="append", choices=TARGETS, help="one alone; may be repeated")
    arguments.add_argument("--minutes", type=float, help="for all targets together")
    arguments.add_argument("--count", type=int, default=None, help="files for each target")
    arguments.add_argument("--seed", type=int, default=0, help="of the first file")
    arguments.add_argument("--keep", action="store_true", help="add files that go wrong to the corpus")
    options = arguments.parse_args()
    names = options.target or list(TARGETS)
    count = options.count or (10**9 if options.minutes else 1000)
    share = 60 * options.minutes / len(names) if options.minutes else float("inf")
    print("| read by | damaged files | went wrong | seconds |\n| --- | ---: | ---: | ---: |", flush=True)
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
