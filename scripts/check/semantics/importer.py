"""OpenCV 4's own Darknet importer, in an interpreter with an OpenCV that still has it.

As a program, `python importer.py OPTIONS` reads a network, runs it on the pictures of a file, and writes the outputs of
layers. It needs only cv2 and NumPy.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt


def importer_outputs(
    packages: Path, cfg: Path, weights: Path, layers: Sequence[str], batch: npt.NDArray[np.float32], folder: Path
) -> list[npt.NDArray[np.float32]]:
    """Return the outputs of layers in the importer.

    Args:
        packages: a folder with an installation of OpenCV 4.
        cfg: the network's cfg.
        weights: the network's weights.
        layers: names in the importer, such as conv_161 and pool_84.
        batch: (1, c, h, w), RGB, 0..1.
        folder: for files.
    """
    options = {"cfg": str(cfg), "weights": str(weights), "layers": list(layers), "folder": str(folder)}
    np.save(folder / "batch.npy", batch)
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    subprocess.run([sys.executable, "-P", __file__, json.dumps(options)], env=environment, check=True)
    return [np.load(folder / f"{layer}.npy") for layer in layers]


def main() -> None:
    """Run the importer."""
    options = json.loads(sys.argv[1])
    folder = Path(options["folder"])
    # Types are checked against OpenCV 5, which no longer has it.
    net = getattr(cv2.dnn, "readNetFromDarknet")(options["cfg"], options["weights"])  # noqa: B009
    net.setInput(np.load(folder / "batch.npy"))
    for name, output in zip(options["layers"], net.forward(options["layers"]), strict=True):
        np.save(folder / f"{name}.npy", output)


if __name__ == "__main__":
    main()
