"""Pictures to their most probable classes in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from darkcsp.detect.default import open_model
from darkcsp.detect.names import name_of
from darkcsp.detect.preprocess import checked_picture, classifier_input
from darkcsp.errors import ModelError
from darkcsp.runtimes.opening import PathLike
from darkcsp.runtimes.runtime import Backend, Runtime


class Classification(NamedTuple):
    """One class of a picture: its number from 0, its name, its probability."""

    class_id: int
    name: str
    probability: float


class Classifier:
    """Names pictures as `darknet classifier predict` does.

    Attributes:
        runtime: the network.
        names: class names, () where nobody knows them; results then have the classes' numbers.
        top: how many classes a call returns.
    """

    def __init__(
        self,
        model: PathLike | Runtime | None = None,
        *,
        cfg: PathLike | None = None,
        weights: PathLike | None = None,
        backend: Backend = "opencv",
        engine: str = "auto",
        names: PathLike | Sequence[str] | None = None,
        top: int = 5,
        size: tuple[int, int] | None = None,
        threads: int | None = None,
    ) -> None:
        """Open a network without detection heads.

        Args:
            model: an ONNX file that darkcsp wrote, or a Runtime; else cfg and weights.
            cfg: a Darknet cfg, with
            weights: its `.weights` file.
            backend: see `open_runtime`.
            engine: see `open_runtime`.
            names: a names file or the names themselves; those in the model by default.
            top: see the attribute.
            size: (width, height) in place of the cfg's own.
            threads: see `open_runtime`.

        Raises:
            ModelError: it is a detector, or it cannot be opened.
            CfgError, WeightsError, UnsupportedLayerError, MissingBackendError: see `open_runtime`.
            MediaError: the names cannot be read.
        """
        self.runtime, self.names = open_model(
            model, cfg, weights, names, backend=backend, engine=engine, size=size, threads=threads
        )
        if self.runtime.metadata.kind != "classifier":
            raise ModelError(f"{self.runtime.path}: has detection heads; open it with darkcsp.Detector")
        if top < 1:
            raise ModelError(f"top={top}: expected 1 or more")
        self.top = top

    def __call__(self, image: npt.NDArray[np.uint8]) -> list[Classification]:
        """Return the `top` most probable classes of a picture, the most probable first.

        Args:
            image: (height, width, 3) uint8, BGR as OpenCV reads it; grey pictures may be (height, width).

        Raises:
            MediaError: it is no such array.
            ModelError: the network fails, or its output is no vector.
        """
        return self.batch([image])[0]

    def batch(self, images: Sequence[npt.NDArray[np.uint8]]) -> list[list[Classification]]:
        """Classify several pictures of any sizes at once; a recurrent network takes them one after the other."""
        pictures = [checked_picture(image) for image in images]
        if not pictures:
            return []
        if self.runtime.recurrent and len(pictures) > 1:
            return [self.batch([picture])[0] for picture in pictures]
        inputs = [classifier_input(picture, self.runtime.metadata.input) for picture in pictures]
        output = self.runtime.run(np.stack(inputs))[0]
        if output.size != len(pictures) * output.shape[1]:
            raise ModelError(f"{self.runtime.path}: gives {output.shape}, which are not probabilities of classes")
        return [self._best(probabilities) for probabilities in output.reshape(len(pictures), -1)]

    def _best(self, probabilities: npt.NDArray[np.float32]) -> list[Classification]:
        order = np.argsort(-probabilities, kind="stable")[: self.top]
        return [Classification(int(i), name_of(self.names, int(i)), float(probabilities[i])) for i in order]
