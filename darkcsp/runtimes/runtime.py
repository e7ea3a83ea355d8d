"""What every runtime offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeGuard

import numpy as np

from darkcsp.arrays import Array, Bytes
from darkcsp.errors import ModelError
from darkcsp.modelfile.metadata import Metadata
from darkcsp.spec.shape import Shape

Pixels = Array | Bytes
"""One or several pictures as a model takes them, see `Runtime.run`."""


class Runtime(Protocol):
    """A network that is ready to run.

    Any number of threads may use one that `open_runtime` gave, and each gets what a single one would. ONNX Runtime and
    torch's "eager" run them at once; with OpenVINO, OpenCV and torch's "compile" they wait for each other, unless it
    was opened for several `workers`. An error in one thread leaves the others alone. A recurrent network is one
    sequence: its steps are done one after the other as threads come, whichever they are; open it again for each
    sequence. In a child of `os.fork` it raises ModelError.

    Attributes:
        name: backend and engine: "opencv/classic", "onnxruntime/default".
        path: file that the network came from, for messages.
        input_shape: (c, h, w) of one picture.
        output_names: names of what `run` returns, in order.
        metadata: how to prepare pictures, and what comes out.
        recurrent: whether state is carried from one call to the next.
    """

    name: str
    path: str
    input_shape: Shape
    output_names: tuple[str, ...]
    metadata: Metadata
    recurrent: bool

    def run(self, batch: Pixels) -> list[Array]:
        """Run a batch of pictures.

        Args:
            batch: (N, c, h, w) float32, RGB, 0..1. A model that takes bytes (`metadata.pixels` is "uint8") should be
                given (N, h, w, c) uint8, BGR; floats are rounded for it.

        Returns:
            One float32 array for each of `output_names`, N in front; of head "nms", (n, 7) for all pictures together.
            They belong to the caller: another run does not change them. They are as the model gives them, NaN and
            infinite values included; Detector and Classifier refuse those.

        Raises:
            ModelError: the batch has another shape, the backend fails, or the process was forked since it was opened.
        """
        ...

    def reset(self) -> None:
        """Forget what recurrent layers carried on."""
        ...


def is_runtime(model: object) -> TypeGuard[Runtime]:
    """Tell whether something is a model that is open already."""
    return all(hasattr(model, name) for name in ("run", "metadata", "input_shape"))


def run_prepared(runtime: Runtime, inputs: Sequence[Pixels]) -> Sequence[Array]:
    """Run pictures, each as in a batch but without N; return the first output of each.

    They run at once, or one after the other where state is carried. Raises ModelError as `Runtime.run` does.
    """
    if runtime.recurrent or len(inputs) < 2:
        return [_of_each(runtime, picture[None])[0] for picture in inputs]
    return _of_each(runtime, np.stack(inputs))  # type: ignore[arg-type]  # all are of one kind, which stack() forgets


def _of_each(runtime: Runtime, batch: Pixels) -> Sequence[Array]:
    """Run a batch; return each picture's part of the first output."""
    output = runtime.run(batch)[0]
    if runtime.metadata.suppression is None:
        return list(output)
    return [output[output[:, 0] == number] for number in range(len(batch))]


def noise(runtime: Runtime, count: int = 1) -> Pixels:
    """Return a batch of random pictures as a model takes them, the same for all models of one shape."""
    rng = np.random.default_rng(0)
    c, h, w = runtime.input_shape
    if runtime.metadata.pixels == "uint8":
        return rng.integers(0, 256, (count, h, w, c), np.uint8)
    return rng.random((count, c, h, w), np.float32)


def checked_batch(batch: Pixels, shape: Shape, path: str) -> Array:
    """Return the batch as contiguous float32. Raises ModelError unless it is (N, c, h, w), N from 1 up."""
    if batch.ndim != 4 or batch.shape[1:] != tuple(shape) or not len(batch):
        expected = ", ".join(map(str, shape))
        raise ModelError(path, f"takes batches of shape (N, {expected}), not {batch.shape}")
    return np.ascontiguousarray(batch, np.float32)
