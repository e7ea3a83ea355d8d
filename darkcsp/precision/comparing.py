"""Runs a float32 model and one of lower precision on the same pictures."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx

from darkcsp.detect.classifier import Classifier
from darkcsp.detect.detector import Detector
from darkcsp.detect.preprocess import Picture, checked_picture, classifier_input, detector_input
from darkcsp.modelfile.metadata import Metadata
from darkcsp.modelfile.targets import TARGETS, Target
from darkcsp.precision.costs import Cost, classifier_cost, detector_cost, output_cost
from darkcsp.runtimes.backends import BACKENDS, Candidate
from darkcsp.runtimes.fitting import fit_engines
from darkcsp.runtimes.opening import open_runtime
from darkcsp.runtimes.runtime import Runtime

_ALL_CLASSES = 1 << 20


def compare(
    before: onnx.ModelProto, after: onnx.ModelProto, pictures: Iterable[Picture], target: Target
) -> tuple[str, Cost]:
    """Return the engine that ran both models, and the difference between them.

    Args:
        before: the float32 model, with its metadata.
        after: the model of lower precision.
        pictures: the pictures to run them on.
        target: the target they were written for. Its engine runs them, or another engine of its backend if that one is
            known to get the second model wrong (see `runtimes.fitting`); ONNX Runtime if the backend is not installed.

    Raises:
        ModelError, MissingBackendError: the engine is missing or cannot read them, or one of them returns NaN or
            infinite values; the error's path ends in "float32" or "lower precision".
    """
    properties = {item.key: item.value for item in after.metadata_props}
    candidate = _engine(target, Metadata.from_properties(properties, "lower precision"))
    with tempfile.TemporaryDirectory() as folder:
        first = _opened(before, Path(folder, "float32"), candidate)
        second = _opened(after, Path(folder, "lower precision"), candidate)
        return str(candidate), compare_runtimes(first, second, pictures)


def _opened(model: onnx.ModelProto, path: Path, candidate: Candidate) -> Runtime:
    onnx.save(model, path)
    return open_runtime(path, backend=candidate.backend, engine=candidate.engine, trust=True)


def compare_runtimes(before: Runtime, after: Runtime, pictures: Iterable[Picture]) -> Cost:
    """Return the difference between two runtimes in boxes, in classes, or in outputs that are neither."""
    metadata = before.metadata
    if metadata.kind == "detector" and metadata.head == "decoded":
        first, second = Detector(before), Detector(after)
        boxes = [(first(picture), second(picture)) for picture in pictures]
        return detector_cost([pair[0] for pair in boxes], [pair[1] for pair in boxes])
    if metadata.kind == "classifier" and _names_classes(before):
        one, other = Classifier(before, top=_ALL_CLASSES), Classifier(after, top=_ALL_CLASSES)
        classes = [(one(picture), other(picture)) for picture in pictures]
        return classifier_cost([pair[0] for pair in classes], [pair[1] for pair in classes])
    prepare = classifier_input if metadata.kind == "classifier" else detector_input
    batches = (prepare(checked_picture(picture), metadata.input)[None] for picture in pictures)
    outputs = [(before.run(batch), after.run(batch)) for batch in batches]
    return output_cost([pair[0] for pair in outputs], [pair[1] for pair in outputs])


def _names_classes(runtime: Runtime) -> bool:
    """Return whether the output is a vector."""
    output = runtime.run(np.zeros((1, *runtime.input_shape), np.float32))[0][0]
    runtime.reset()
    return bool(output.size == len(output))


def _engine(target: Target, metadata: Metadata) -> Candidate:
    """Return the engine for a file written for a target; ONNX Runtime if the target's backend is not installed."""
    info = TARGETS[target]
    backend = BACKENDS.get(info.backend)
    fit = fit_engines(metadata, backend) if backend is not None and backend.is_installed() else []
    if not fit:
        return Candidate(TARGETS["portable"].backend, TARGETS["portable"].engine)
    return Candidate(info.backend, info.engine if info.engine in fit else fit[0])
