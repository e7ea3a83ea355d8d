"""A benchmark's worker that reads models with OpenCV alone, for an interpreter that need not have more: cv2 and NumPy.

Options: "onnx", or "cfg" and "weights" for the Darknet importer of OpenCV 4; "shape", that of the input; "threads".
The engine is what OpenCV takes when it is not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from darkcsp.workers.serving import Opened, serve


def open_net(options: Mapping[str, Any]) -> Opened:
    """Read the model; its run gives all outputs."""
    if options["threads"]:
        cv2.setNumThreads(options["threads"])
    if "onnx" in options:
        net = cv2.dnn.readNetFromONNX(options["onnx"])
    else:
        # OpenCV 5, whose types are checked here, no longer has it.
        net = getattr(cv2.dnn, "readNetFromDarknet")(options["cfg"], options["weights"])  # noqa: B009
    if net.empty():
        raise RuntimeError("OpenCV cannot read it")
    batch = np.random.default_rng(0).random(options["shape"], np.float32)
    names = net.getUnconnectedOutLayersNames()

    def run() -> list[Any]:
        net.setInput(batch)
        return list(net.forward(names))

    return Opened(f"OpenCV {cv2.__version__}", run)


if __name__ == "__main__":
    serve(open_net)
