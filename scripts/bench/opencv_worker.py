"""A benchmark worker that reads models with OpenCV only, for an interpreter with nothing but cv2 and NumPy.

Options: "onnx", or "cfg" and "weights" for the Darknet importer of OpenCV 4; "shape" of the input; "threads".
The engine is OpenCV's default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np

from darkcsp.workers.serving import Opened, serve


def open_net(options: Mapping[str, Any]) -> Opened:
    """Read the model. A run gives all outputs."""
    if options["threads"]:
        cv2.setNumThreads(options["threads"])
    if "onnx" in options:
        net = cv2.dnn.readNetFromONNX(options["onnx"])
    else:
        # Types are checked against OpenCV 5, which no longer has it.
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
