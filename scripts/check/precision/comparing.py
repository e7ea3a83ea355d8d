"""A checkpoint in every precision on every engine, compared with float32 on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from darkcsp.detect import Detections, Detector
from darkcsp.detect.preprocess import Picture
from darkcsp.errors import DarkcspError
from darkcsp.modelfile import read_onnx_file
from darkcsp.modelfile.forms import PRECISIONS
from darkcsp.modelfile.targets import target_for
from darkcsp.precision import DetectorCost, open_calibration
from darkcsp.precision.changes import Changes, Seen, changes
from darkcsp.precision.costs import detector_cost
from darkcsp.runtimes import Metadata, engines_of, open_runtime
from darkcsp.runtimes.backend import Candidate
from darkcsp.runtimes.backends import backend_named, is_installed
from darkcsp.to_onnx import convert
from scripts.check.precision.checkpoints import Checkpoint, variants, write

THRESHOLD, LEAST_IOU, MOST_SCORE = 0.25, 0.9, 0.05
REFERENCE = Candidate("onnxruntime", "default")
BACKENDS = ("onnxruntime", "openvino", "opencv")


@dataclass(frozen=True)
class Line:
    """One way to run one checkpoint; if it failed, `cost` is None and `error` says why."""

    checkpoint: str
    engine: str
    precision: str
    megabytes: float
    cost: DetectorCost | None
    changes: Changes | None = None
    error: str = ""

    @property
    def verdict(self) -> str:
        """Whether detections are unchanged if they must be."""
        if self.cost is None:
            return "FAILED"
        if self.changes is None or self.changes.changed:
            return "reported" if self.precision == "int8" else "CHANGED"
        return f"unchanged but {self.changes.ties} ties" if self.changes.ties else "unchanged"


def compare(checkpoint: Checkpoint, folder: Path, more: bool) -> list[Line]:
    """Run a checkpoint in every way."""
    pictures = list(open_calibration([checkpoint.pictures]))
    if more:
        pictures = [variant for picture in pictures for variant in variants(picture)]
    reference = convert(checkpoint.cfg, checkpoint.weights, folder / "reference.onnx")
    wanted = find(reference, REFERENCE, pictures)
    lines = []
    for precision in PRECISIONS:
        for backend in filter(is_installed, BACKENDS):
            target = target_for(backend)
            path = folder / f"{target}-{precision}.onnx"
            write(checkpoint, path, precision, target)
            for engine in _fit(path, backend):
                lines.append(line(checkpoint, path, Candidate(backend, engine), precision, pictures, wanted))
    return lines


def _fit(path: Path, backend: str) -> list[str]:
    """Return the engines of a backend but for those that refuse a file, which scripts/check_combinations tells."""
    metadata = Metadata.from_properties(read_onnx_file(path).properties, str(path))
    return [engine for engine in engines_of(backend) if backend_named(backend).unfit(metadata, engine) is None]


def line(
    checkpoint: Checkpoint,
    path: Path,
    candidate: Candidate,
    precision: str,
    pictures: Sequence[Picture],
    wanted: Sequence[Seen],
) -> Line:
    """Run one file with one engine."""
    size = path.stat().st_size / 1e6
    try:
        found = find(path, candidate, pictures)
    except DarkcspError as error:
        return Line(checkpoint.name, str(candidate), precision, size, None, error=str(error))
    cost = detector_cost([counting(item) for item in wanted], [counting(item) for item in found])
    each = [changes(a, b, THRESHOLD, LEAST_IOU, MOST_SCORE) for a, b in zip(wanted, found, strict=True)]
    total = Changes(sum(item.changed for item in each), sum(item.ties for item in each))
    return Line(checkpoint.name, str(candidate), precision, size, cost, total)


def counting(seen: Seen) -> Detections:
    """Return the detections with enough confidence."""
    return seen.kept[seen.kept.confidence > THRESHOLD]


def find(path: Path, candidate: Candidate, pictures: Sequence[Picture]) -> list[Seen]:
    """Return a file's detections in pictures, including those just below the threshold."""
    runtime = open_runtime(path, backend=candidate.backend, engine=candidate.engine)
    kept = Detector(runtime, threshold=THRESHOLD - MOST_SCORE, max_detections=0)
    everything = Detector(runtime, threshold=THRESHOLD - MOST_SCORE, nms=0, max_detections=0)
    found = []
    for picture in pictures:
        (rows,) = kept.infer([kept.prepare(picture)])
        found.append(Seen(kept.interpret(rows, picture), everything.interpret(rows, picture)))
    return found
