"""Damages files with atheris, Google's coverage-guided fuzzer for Python.

    scripts/fuzz_guided TARGET [--minutes 2]

TARGET is one of `scripts/fuzz --help`. The first file that fails ends it; the file is in the folder that is printed.
Needs `pip install -c constraints.txt 'darkcsp[fuzz]'`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from random import Random

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

with atheris.instrument_imports(include=["darkcsp"]):  # before anything else imports it
    from scripts.arguments import parser
    from scripts.fuzzing.inputs.corpus import kept
    from scripts.fuzzing.inputs.judging import fault
    from scripts.fuzzing.inputs.mutating import MOST_BYTES, damaged
    from scripts.fuzzing.inputs.targets import TARGETS


def main() -> None:
    """Fuzz one target."""
    line = parser("fuzz_guided", __doc__)
    line.add_argument("target", choices=TARGETS)
    line.add_argument("--minutes", type=float, default=2.0)
    options = line.parse_args()
    kind = TARGETS[options.target]
    tokens = kind.tokens()

    def damage(data: bytes, most: int, seed: int) -> bytes:
        """Damage a file in our ways half of the time, and in those of atheris otherwise."""
        random = Random(seed)
        return damaged(random, [data], tokens) if random.random() < 0.5 else bytes(atheris.Mutate(data, most))

    def check(data: bytes) -> None:
        if problem := fault(kind.check, data, kind.seconds):
            raise AssertionError(problem)

    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{options.target}-"))
    for number, data in enumerate([*kind.files(), *(path.read_bytes() for path in kept(options.target))]):
        (folder / f"good-{number}").write_bytes(data)
    limits = {"max_total_time": int(60 * options.minutes), "max_len": MOST_BYTES, "artifact_prefix": f"{folder}/wrong-"}
    arguments = [f"-{name}={value}" for name, value in limits.items()]
    atheris.Setup([sys.argv[0], *arguments, str(folder)], check, custom_mutator=damage)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
