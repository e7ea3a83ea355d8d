"""Builds every cfg in a folder, converts it with random weights and runs the ONNX checker with full shape inference.

    scripts/check_upstream [FOLDER] [PATTERN]

FOLDER is ../shared/upstream by default. Prints a line for each cfg; exits with 1 if one fails.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import onnx

from darkcsp.benchmark.random_weights import write_random_weights
from darkcsp.errors import DarkcspError, UnsupportedLayerError
from darkcsp.graph import Graph, build_graph
from darkcsp.modelfile import ExportOptions, HeadForm
from darkcsp.modelfile.writing import write_model
from darkcsp.to_onnx import model_parts
from darkcsp.weightfile import Weights, read_weights
from scripts.arguments import parser
from scripts.places import UPSTREAM


def main() -> None:
    """Check every cfg."""
    arguments = parser("check_upstream", __doc__)
    arguments.add_argument("folder", nargs="?", type=Path, default=UPSTREAM)
    arguments.add_argument("pattern", nargs="?", default="")
    options = arguments.parse_args()
    paths = [path for path in sorted(options.folder.rglob("*.cfg")) if options.pattern in str(path)]
    if not paths:
        sys.exit(f"{options.folder}: no cfg found")
    failed = 0
    for path in paths:
        start = time.perf_counter()
        try:
            result = check(path)
        except (DarkcspError, onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            failed += 1
            result = f"FAIL {str(error).splitlines()[0]}"
        print(f"{time.perf_counter() - start:5.1f} s  {path.relative_to(options.folder)}: {result}", flush=True)
    print(f"{len(paths) - failed} of {len(paths)} cfgs build, convert and pass the checker")
    sys.exit(failed > 0)


def check(path: Path) -> str:
    """Convert one cfg and check the file; return a line about it."""
    graph = build_graph(path)
    with tempfile.TemporaryDirectory() as folder:
        write_random_weights(graph, Path(folder, "x.weights"))
        weights = read_weights(Path(folder, "x.weights"), graph)
        head: HeadForm = "decoded" if decodable(graph, weights) else "raw"
        out = Path(folder, "x.onnx")
        with out.open("wb") as file:
            write_model(model_parts(graph, weights, ExportOptions(head=head)), file)
        onnx.checker.check_model(out, full_check=True)
    size = f"{len(graph.layers)} layers, {graph.parameters / 1e6:.1f} M, {graph.flops / 1e9:.2f} BFLOPs"
    return f"{size}, {head}, {graph.program.author}"


def decodable(graph: Graph, weights: Weights) -> bool:
    """Tell whether the heads can be decoded; the file of a class tree may be missing."""
    try:
        model_parts(graph, weights, ExportOptions())
    except UnsupportedLayerError:
        return False
    return True


if __name__ == "__main__":
    main()
