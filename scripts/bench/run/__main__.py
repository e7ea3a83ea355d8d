"""Time of the pipeline behind `darkcsp run` beside that of the network alone, and the share of the work around it.

    scripts/bench_run [--cfg CFG [--weights WEIGHTS]] [--backend opencv] [--images 500] [--size 640x480]

The default model, or a cfg with random weights. Makes a folder of JPEG pictures and runs it at batch 1 in three ways
that take turns, picture block by picture block, in one process: the network alone on inputs that are prepared already;
the whole pipeline from files to JSON lines; and the same with annotated pictures. Prints medians over the rounds of
each way's ratio to the network. Then, on frames of 1280x720, what preparing and interpreting cost beside the network.
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
    arguments.add_argument("--cfg", help="a Darknet cfg in the place of the default model")
    arguments.add_argument("--weights", help="its weights; random ones by default")
    arguments.add_argument("--backend", default="opencv", choices=["opencv", "onnxruntime", "torch", "openvino"])
    arguments.add_argument("--threads", type=int, help="threads of the network")
    arguments.add_argument("--images", type=int, default=500)
    arguments.add_argument("--size", default="640x480", help="of the pictures")
    arguments.add_argument("--rounds", type=int, default=10, help="blocks that the pictures are cut into")
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
