"""Kills every command that writes files with signal 9, limits the size of its files, and fills its disk.

    scripts/check_outputs [--kills 100] [--small FOLDER] [--only NAME] [--seed 0]

Each time, the old outputs or complete new ones must be there, errors must be one line, and the next run must leave
nothing behind. FOLDER is on a disk of a few megabytes, which is filled up; without it, 4 MB of memory are mounted as a
disk, if the user is root. Prints a Markdown table; exits with 1 if something was lost.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scripts.arguments import parser
from scripts.check.outputs.cases import CASES, OLD, Case, make_inputs
from scripts.check.outputs.running import damaged, is_done, kill, leftovers, put_old, run

MOST = 64 << 20
"""Size in bytes of the largest disk that may be filled."""


@dataclass
class Tally:
    """The results of one command."""

    kills: int = 0
    parts: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)


def main() -> None:
    """Check every command."""
    arguments = parser("check_outputs", __doc__)
    arguments.add_argument("--kills", type=int, default=100, help="kills of each command")
    arguments.add_argument("--small", type=Path, metavar="FOLDER")
    arguments.add_argument("--only", default="", metavar="NAME", help="only commands whose name contains this")
    arguments.add_argument("--seed", type=int, default=0)
    options = arguments.parse_args()
    random.seed(options.seed)
    failed = False
    with tempfile.TemporaryDirectory() as inputs, small_disk(options.small) as small:
        make_inputs(Path(inputs))
        print("| command | killed | left a partial file | refused for size or full disk | lost |")
        print("|---|---|---|---|---|")
        for case in CASES:
            if options.only in case.name:
                tally = check(case, Path(inputs), small, options.kills)
                failed |= bool(tally.wrong)
                lost = "; ".join(dict.fromkeys(tally.wrong)) or "nothing"
                print(f"| {case.name} | {tally.kills} | {tally.parts} | {tally.refused} | {lost} |", flush=True)
    if small is None:
        print("\nNo disk was filled; pass --small FOLDER.")
    sys.exit(failed)


@contextlib.contextmanager
def small_disk(given: Path | None) -> Iterator[Path | None]:
    """Yield a folder on a small disk: the given one, one in memory, or None."""
    if given is not None:
        if shutil.disk_usage(given).total > MOST:
            sys.exit(f"{given}: the disk is larger than {MOST >> 20} MB; it will not be filled")
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder]
        if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def check(case: Case, inputs: Path, small: Path | None, kills: int) -> Tally:
    """Run all checks on one command."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        code, told = run(case, inputs, folder)
        seconds = time.perf_counter() - began
        if code or leftovers(case, folder):
            tally.wrong.append(f"fails: {told.strip()}")
            return tally
        whole = {output: (folder / output).read_bytes() for output in case.outputs}
        for _ in range(kills):
            put_old(case, folder)
            tally.kills += kill(case, inputs, folder, seconds)
            tally.wrong += [f"{output} when killed" for output in damaged(case, folder, whole)]
            if leftovers(case, folder):
                tally.parts += 1
                run(case, inputs, folder)
                tally.wrong += [f"{output} is left over" for output in leftovers(case, folder)]
                tally.wrong += [f"{output} after the next run" for output in damaged(case, folder, whole)]
        largest = max(map(len, whole.values()))
        for most in {len(OLD), largest // 2, largest - 1}:
            _refuse(case, inputs, folder, whole, tally, most)
    if small is not None:
        with tempfile.TemporaryDirectory(dir=small) as name, _filled(case, Path(name), small):
            _refuse(case, inputs, Path(name), whole, tally)
    return tally


def _refuse(
    case: Case, inputs: Path, folder: Path, whole: dict[str, bytes], tally: Tally, most: int | None = None
) -> None:
    """Run a command that cannot write all its output, and check what it leaves and prints."""
    put_old(case, folder)
    code, told = run(case, inputs, folder, most)
    where = "full disk" if most is None else f"limit of {most} bytes"
    tally.refused += code == 2
    tally.wrong += [f"{output} at a {where}" for output in damaged(case, folder, whole)]
    tally.wrong += [f"{output} is left over at a {where}" for output in leftovers(case, folder)]
    fits = code == 0 and is_done(case, folder, whole)  # an empty output makes room for another
    if not fits and (code != 2 or len(told.splitlines()) != 1):
        tally.wrong.append(f"exit code {code} at a {where}: {told.strip()[-300:]!r}")


@contextlib.contextmanager
def _filled(case: Case, folder: Path, disk: Path) -> Iterator[None]:
    """Fill a disk after the old outputs were written."""
    put_old(case, folder)
    ballast = disk / "ballast"
    try:
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        yield
    finally:
        ballast.unlink()


if __name__ == "__main__":
    main()
