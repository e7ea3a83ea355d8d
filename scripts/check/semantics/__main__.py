"""Compares networks with both semantics: `trained`, and `cpu`, which is Darknet on a CPU.

    scripts/check_semantics [--importer FOLDER] [--time SECONDS]

Prints Markdown tables of the largest differences in layers and in the inputs of heads, and of detections, on the
pictures of ../shared/upstream. The networks have the random weights of their reference cases ("settled" if batch norm
has the statistics of the pictures) or are trained checkpoints; one is a classifier with relu6. --importer also compares
with OpenCV 4's own Darknet importer; its value is a folder with OpenCV 4, installed by
`pip install --target FOLDER "opencv-python==4.14.*" --no-deps`. --time also measures both on OpenCV and ONNX Runtime,
in turns.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from darkcsp.arrays import Array
from darkcsp.detect.preprocess import Picture, classifier_input, detector_input
from darkcsp.errors import CfgWarning
from darkcsp.graph import build_graph
from darkcsp.spec.program import SEMANTICS
from scripts.arguments import parser
from scripts.check.semantics import report
from scripts.check.semantics.comparing import classify, compare, of_interest, relative, see
from scripts.check.semantics.importer import importer_outputs
from scripts.check.semantics.networks import CLASSIFIER, MEASURED, Network, checkpoints, measured, settled
from scripts.check.semantics.timing import time_both
from scripts.places import UPSTREAM
from tests.pictures import imread

warnings.simplefilter("ignore", CfgWarning)


def main() -> None:
    """Compare and print."""
    arguments = parser("check_semantics", __doc__)
    arguments.add_argument("--importer", type=Path, help="a folder with OpenCV 4")
    arguments.add_argument("--time", type=float, metavar="SECONDS", help="also measure the speed, for each engine")
    options = arguments.parse_args()
    pictures = [imread(path) for path in sorted((UPSTREAM / "images").glob("*.jpg"))]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        networks = [measured(case, folder) for case in MEASURED]
        networks += [settled(item, inputs_of(item, pictures), folder) for item in networks]
        show("Networks with random weights", report.networks([compare(item, pictures, folder) for item in networks]))
        trained = [compare(item, pictures, folder) for item in checkpoints()]
        show("Trained checkpoints", report.networks(trained))
        plain = measured(CLASSIFIER, folder)
        classifier = settled(plain, inputs_of(plain, pictures), folder)
        outputs = [classify(classifier, semantics, pictures, folder) for semantics in SEMANTICS]
        show("A classifier with relu6", report.classifier(classifier.name, *outputs))
        if options.importer:
            rows = [beside_importer(item, options.importer, pictures[0], folder) for item in networks]
            show("OpenCV's Darknet importer", report.imported(rows))
        if options.time:
            times = [speed for item in networks[: len(MEASURED)] for speed in time_both(item, folder, options.time)]
            show("Times", report.speeds(times))


def show(title: str, text: str) -> None:
    """Print a table."""
    print(f"{title}\n\n{text}\n", flush=True)


def inputs_of(network: Network, pictures: Sequence[Picture]) -> list[Array]:
    """Prepare pictures for a network."""
    graph = build_graph(network.cfg)
    if graph.heads:
        return [detector_input(picture, graph.input, graph.net.resize) for picture in pictures]
    return [classifier_input(picture, graph.input) for picture in pictures]


def beside_importer(
    network: Network, packages: Path, picture: Picture, folder: Path
) -> tuple[str, dict[int, float], dict[int, float]]:
    """Compare the outputs of layers in OpenCV's importer and with each semantics."""
    graph = build_graph(network.cfg)
    layers = of_interest(graph)
    names = [f"{'conv' if layer in graph.raw_outputs else 'pool'}_{layer}" for layer in layers]
    batch = inputs_of(network, [picture])[0][None]
    theirs = importer_outputs(packages, network.cfg, network.weights, names, batch, folder)
    trained, cpu = (see(network, semantics, [picture], folder).tapped for semantics in SEMANTICS)
    return (
        network.name,
        {layer: relative(trained[layer][0], output) for layer, output in zip(layers, theirs, strict=True)},
        {layer: relative(cpu[layer][0], output) for layer, output in zip(layers, theirs, strict=True)},
    )


if __name__ == "__main__":
    main()
