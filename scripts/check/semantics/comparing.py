"""A network on pictures with both semantics: the inputs of its heads, and its detections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from darkcsp.arrays import Array
from darkcsp.detect import Detections, Detector
from darkcsp.detect.preprocess import Picture, classifier_input
from darkcsp.graph import Graph, build_graph
from darkcsp.graph.differences import differences
from darkcsp.precision.matching import iou
from darkcsp.runtimes import Runtime, open_runtime
from darkcsp.spec.program import SEMANTICS, Semantics
from darkcsp.to_onnx import convert
from scripts.check.semantics.networks import Network

THRESHOLD, MOST = 0.25, 300
"""Minimum confidence. With random weights, which score nearly everything high, this many per picture instead."""

SAME_IOU = 0.75


@dataclass(frozen=True)
class Seen:
    """The results of one of the semantics on pictures.

    Attributes:
        runtime: the network.
        tapped: layer -> its output by picture, for the inputs of heads and for layers that differ.
        rows: the rows of boxes by picture.
    """

    runtime: Runtime
    tapped: Mapping[int, list[Array]]
    rows: list[Array]


@dataclass(frozen=True)
class Line:
    """A network with both semantics.

    Attributes:
        network: the network.
        layers: layers that differ -> largest difference divided by the largest value, over all pictures.
        heads: the same for the inputs of heads.
        trained, cpu: numbers of detections.
        same: number of detections of `trained` that `cpu` finds too, with the same class and place (`SAME_IOU`).
    """

    network: Network
    layers: Mapping[int, float]
    heads: Mapping[int, float]
    trained: int
    cpu: int
    same: int


def compare(network: Network, pictures: Sequence[Picture], folder: Path) -> Line:
    """Run a detector with both semantics on ONNX Runtime."""
    trained, cpu = (see(network, semantics, pictures, folder) for semantics in SEMANTICS)
    limits = [max(THRESHOLD, float(np.sort(rows[:, 5:].ravel())[-MOST])) for rows in trained.rows]
    pairs = list(zip(detections(trained, pictures, limits), detections(cpu, pictures, limits), strict=True))
    away = {layer: furthest(trained.tapped[layer], cpu.tapped[layer]) for layer in trained.tapped}
    graph = build_graph(network.cfg, network.size)
    return Line(
        network,
        {layer: away[layer] for layer in differences(graph).indices},
        {layer: away[layer] for layer in graph.raw_outputs},
        sum(len(one) for one, _ in pairs),
        sum(len(other) for _, other in pairs),
        sum(found_again(*pair) for pair in pairs),
    )


def see(network: Network, semantics: Semantics, pictures: Sequence[Picture], folder: Path) -> Seen:
    """Run a detector on pictures."""
    taps = of_interest(build_graph(network.cfg, network.size))
    runtime = open_runtime(write(network, semantics, folder, taps), backend="onnxruntime")
    detector = Detector(runtime)
    outputs = [runtime.run(detector.prepare(picture)[None]) for picture in pictures]
    tapped = {layer: [output[1 + number] for output in outputs] for number, layer in enumerate(taps)}
    return Seen(runtime, tapped, [rows[0] for rows, *_ in outputs])


def of_interest(graph: Graph) -> list[int]:
    """Return the layers that differ, and those that are inputs of heads."""
    return sorted({*differences(graph).indices, *graph.raw_outputs})


def detections(seen: Seen, pictures: Sequence[Picture], limits: Sequence[float]) -> list[Detections]:
    """Return the detections in each picture above its limit."""
    return [
        Detector(seen.runtime, threshold=limit, max_detections=0).interpret(rows, picture)
        for rows, picture, limit in zip(seen.rows, pictures, limits, strict=True)
    ]


def classify(network: Network, semantics: Semantics, pictures: Sequence[Picture], folder: Path) -> Array:
    """Return a classifier's outputs, (pictures, classes)."""
    runtime = open_runtime(write(network, semantics, folder), backend="onnxruntime")
    inputs = [classifier_input(picture, runtime.metadata.input)[None] for picture in pictures]
    return np.concatenate([runtime.run(item)[0].reshape(1, -1) for item in inputs])


def write(network: Network, semantics: Semantics, folder: Path, taps: Sequence[int] = ()) -> Path:
    """Write a network as a portable file with decoded boxes."""
    path = folder / f"{network.name}-{semantics}.onnx"
    return convert(network.cfg, network.weights, path, size=network.size, semantics=semantics, taps=taps)


def furthest(one: Sequence[Array], other: Sequence[Array]) -> float:
    """Return the largest difference divided by the largest value of `one`, over all pictures."""
    return max(relative(a, b) for a, b in zip(one, other, strict=True))


def relative(one: Array, other: Array) -> float:
    """Return the largest difference divided by the largest value."""
    return float(np.abs(one - other.reshape(one.shape)).max() / np.abs(one).max())


def found_again(wanted: Detections, found: Detections) -> int:
    """Count the detections that have another of the same class in the same place."""
    count = 0
    for row, class_id in enumerate(wanted.class_id):
        alike = found.xyxy[found.class_id == class_id]
        count += bool(len(alike) and (iou(wanted.xyxy[row, None], alike) >= SAME_IOU).any())
    return count
