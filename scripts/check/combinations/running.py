"""Runs forms on engines, in processes that may crash, and says whether what they find is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from darkcsp.detect import Detections
from darkcsp.precision.costs import DetectorCost, detector_cost
from darkcsp.runtimes import BACKENDS
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.backends import is_installed
from darkcsp.workers.process import Job, Worker, WorkerError, module_command
from scripts.check.combinations import worker
from scripts.check.combinations.forms import Checkpoint, Form, Written

REFERENCE = Candidate("torch", "eager")
"""What all must agree with, in float32."""

LEAST_IOU, MOST_SCORE = 0.9, 0.05
"""What is the same box in float32 and float16: overlap at least, and difference of confidence at most."""

MOST_INT8 = 10
"""int8 may lose and gain one in so many boxes, or two, besides what its report says: engines round at other places."""

LIMIT = 300.0
"""Seconds for a form."""


@dataclass(frozen=True)
class Found:
    """What became of a form: "ran", "refused" when it was opened, "failed" later, "crashed"; and why."""

    outcome: str
    message: str = ""
    pictures: tuple[Detections, ...] = ()


@dataclass(frozen=True)
class Result:
    """A form on an engine; `wrong` says what is wrong, "" where it is right or refused by name."""

    form: Form
    engine: Candidate
    refusal: str = ""
    wrong: str = ""


def engines() -> list[Candidate]:
    """Return the engines that are here; those that take minutes to start are left out."""
    return [
        Candidate(name, engine.name)
        for name in BACKENDS
        if is_installed(name)
        for engine in BACKENDS[name].engines()
        if engine.quick_to_start
    ]


def compare(checkpoint: Checkpoint, written: Sequence[Written]) -> list[Result]:
    """Run forms on every engine that takes them; a backend that runs cfg and weights takes no files."""
    whole = Written(Form("fp32", None, "decoded"), checkpoint.arguments("decoded"))
    (reference,) = run_forms(checkpoint, REFERENCE, [whole])
    results = []
    for engine in engines():
        taken = [item for item in written if item.form.target is None or BACKENDS[engine.backend].reads_onnx]
        possible = [item for item in taken if not item.refusal]
        results += [Result(item.form, engine, item.refusal) for item in taken if item.refusal]
        for item, found in zip(possible, run_forms(checkpoint, engine, possible), strict=True):
            results.append(judged(item, engine, found, reference))
    return results


def run_forms(
    checkpoint: Checkpoint, engine: Candidate, written: Sequence[Written], command: tuple[str, ...] = ()
) -> list[Found]:
    """Run forms on an engine, all by one process while that lives; `command` runs another program than `worker`."""
    results: list[Found] = []
    while len(results) < len(written):
        rest = written[len(results) :]
        job = Job(command or module_command(worker), _options(checkpoint, engine, rest), {"DARKCSP_MEASURE": "0"})
        with Worker(job, LIMIT) as process:
            process.open()
            try:
                results += (_found(process.outputs()) for _ in rest)
            except WorkerError as error:
                results.append(Found("crashed", str(error)))
    return results


def _options(checkpoint: Checkpoint, engine: Candidate, written: Sequence[Written]) -> dict[str, Any]:
    return {
        "engine": [engine.backend, engine.engine],
        "cfg": str(checkpoint.cfg),
        "weights": str(checkpoint.weights),
        "pictures": [str(picture) for picture in checkpoint.pictures],
        "forms": [item.arguments for item in written],
    }


def _found(arrays: Sequence[Any]) -> Found:
    """Read what `worker` answers."""
    outcome, message, *rest = arrays
    pictures = tuple(Detections(*rest[start : start + 3]) for start in range(0, len(rest), 3))
    return Found(str(outcome), str(message), pictures)


def judged(item: Written, engine: Candidate, found: Found, reference: Found) -> Result:
    """Say whether a form is right on an engine."""
    if found.outcome == "refused":
        return Result(item.form, engine, refusal=found.message)
    if found.outcome != "ran":
        return Result(item.form, engine, wrong=f"{found.outcome}: {found.message}")
    cost = detector_cost(reference.pictures, found.pictures)
    if is_right(cost, item.promised):
        return Result(item.form, engine)
    return Result(item.form, engine, wrong="; ".join(cost.lines()))


def is_right(cost: DetectorCost, promised: DetectorCost | None) -> bool:
    """Tell whether what a form finds differs from float32 by no more than it may."""
    if promised is None:
        unchanged = cost.lost == cost.gained == 0
        return unchanged and cost.worst_iou >= LEAST_IOU and cost.worst_score <= MOST_SCORE
    most = max(2, cost.wanted // MOST_INT8)
    return cost.lost <= promised.lost + most and cost.gained <= promised.gained + most
