"""docs/combinations.md: a table of what runs where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from darkcsp.runtimes import BACKENDS
from darkcsp.runtimes.backend import Candidate
from scripts.check.combinations.running import Result

RIGHT, WRONG, NOT_TAKEN = "yes", "**wrong**", ""

_INTRO = """# What runs where

Every ONNX file that `darkcsp convert` can write of the default model, with float32 and with uint8 input, and its cfg
and weights, opened with every engine. `scripts/check_combinations --write` writes this page; a slow test compares it.

- **yes**: in the pictures of `examples/` and in a black one, the detections are those of PyTorch in float32: the same
  boxes, IoU 0.9 or more, confidence within 0.05. An int8 file may lose and gain the boxes that its conversion reported,
  and two more of each.
- A number: the engine refuses the file when it is opened, for the reason below. `--engine auto` goes on to the next
  engine of the backend; if none is left, the message names a backend that runs the file.
- Empty: the backend does not read ONNX files.
"""


def page(results: Sequence[Result]) -> str:
    """Return the page."""
    engines = list(dict.fromkeys(result.engine for result in results))
    reasons = _reasons(results)
    rows = "\n".join(_table(results, engines, reasons))
    notes = "\n".join(f"{number}. {reason}" for reason, number in reasons.items())
    return f"{_INTRO}\n{_versions(engines)}\n\n{rows}\n\n{notes}\n"


def _versions(engines: Iterable[Candidate]) -> str:
    """Name the libraries, whose other versions may do otherwise."""
    backends = dict.fromkeys(BACKENDS[engine.backend] for engine in engines)
    named = [f"{item.title} {(item.version() or ('', '?'))[1].split('+')[0]}" for item in backends]
    return f"With {', '.join(named)}."


def _reasons(results: Iterable[Result]) -> dict[str, int]:
    """Number the reasons for which files are refused."""
    found = dict.fromkeys(reason_of(result) for result in results if result.refusal)
    return {reason: number for number, reason in enumerate(found, 1)}


def reason_of(result: Result) -> str:
    """Return why a form is refused, without the file's name in front and what is advised at the end."""
    return result.refusal.split("; use ")[0].split(".onnx: ")[-1]


def _table(results: Sequence[Result], engines: Sequence[Candidate], reasons: Mapping[str, int]) -> Iterator[str]:
    """Yield lines: targets that do alike share theirs, and so do heads."""
    yield "| precision | target | head | " + " | ".join(map(str, engines)) + " |"
    yield "|---" * (3 + len(engines)) + "|"
    by_target: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        by_target.setdefault((result.form.precision, result.form.target or "cfg and weights"), []).append(result)
    lines = [(place, _lines_of_heads(found, engines, reasons)) for place, found in by_target.items()]
    for (precision, heads), group in groupby(lines, lambda line: (line[0][0], line[1])):
        targets = ", ".join(place[1] for place, _ in group)
        for names, cells in heads:
            yield "| " + " | ".join([precision, targets, names, *cells]) + " |"


def _lines_of_heads(
    results: Sequence[Result], engines: Sequence[Candidate], reasons: Mapping[str, int]
) -> list[tuple[str, list[str]]]:
    """Return names of heads, and their cells on each engine."""
    heads = dict.fromkeys(result.form.head for result in results)
    lines = [
        (head, [_joined(_cell(item, reasons) for item in results if (item.form.head, item.engine) == (head, engine))
                for engine in engines])
        for head in heads
    ]  # fmt: skip
    return [(", ".join(head for head, _ in group), cells) for cells, group in groupby(lines, lambda line: line[1])]


def _cell(result: Result, reasons: Mapping[str, int]) -> str:
    if result.wrong:
        return WRONG
    return str(reasons[reason_of(result)]) if result.refusal else RIGHT


def _joined(cells: Iterable[str]) -> str:
    """Both inputs in one cell."""
    return ", ".join(dict.fromkeys(cells)) or NOT_TAKEN
