"""Compares the time of the `darkcsp run` pipeline with that of the network alone.

    scripts/bench_run [--cfg CFG [--weights WEIGHTS]] [--backend opencv] [--images 500] [--size 640x480]

Runs the default model, or a cfg with random weights, on a folder of generated JPEG pictures at batch 1, in three ways
that take turns in one process, one block of pictures at a time: the network alone on prepared inputs; the whole
pipeline from files to JSON lines; and the same with annotated pictures. Prints the medians over the rounds of each
way's ratio to the network. Then it measures, on frames of 1280x720, the cost of preparing and interpreting relative to
the network.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from darkcsp import Detector
from darkcsp.benchmark.random_weights import write_random_weights
from darkcsp.graph import build_graph
from scripts.arguments import parser
from scripts.bench.run.frames import share
from scripts.bench.run.pictures import make_pictures, threshold_for
from scripts.bench.run.pipeline import compare


def main() -> None:
    """Measure and print."""
    arguments = parser("bench_run", __doc__)
    arguments.add_argument("--cfg", help="a Darknet cfg instead of the default model")
    arguments.add_argument("--weights", help="its weights; random by default")
    arguments.add_argument("--backend", default="opencv", choices=["opencv", "onnxruntime", "torch", "openvino"])
    arguments.add_argument("--threads", type=int, help="threads of the network")
    arguments.add_argument("--images", type=int, default=500)
    arguments.add_argument("--size", default="640x480", help="size of the pictures")
    arguments.add_argument("--rounds", type=int, default=10, help="number of blocks of pictures")
    options = arguments.parse_args()
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        weights = options.weights
        if options.cfg and not weights:
            weights = folder / "random.weights"
            write_random_weights(build_graph(options.cfg), weights)
        detector = Detector(cfg=options.cfg, weights=weights, backend=options.backend, threads=options.threads)
        if options.cfg and not options.weights:
            detector.threshold = threshold_for(detector)
        print(f"{options.cfg or 'default model'}, input {detector.runtime.input_shape}, {detector.runtime.name}")
        make_pictures(folder / "pictures", options.images, width, height)
        compare(detector, folder, options.rounds)
    share(detector)


if __name__ == "__main__":
    main()
