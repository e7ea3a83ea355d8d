"""The interface of all runtimes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeGuard

import numpy as np

from darkcsp.arrays import Array, Bytes
from darkcsp.errors import ModelError
from darkcsp.modelfile.metadata import Metadata
from darkcsp.spec.shape import Shape

Pixels = Array | Bytes
"""One or several pictures in the form that a model takes, see `Runtime.run`."""


class Runtime(Protocol):
    """A network that is ready to run.

    A runtime from `open_runtime` can be used from any number of threads, with the same results as from one. ONNX
    Runtime and torch's "eager" run threads at the same time; with OpenVINO, OpenCV and torch's "compile" they wait for
    each other, unless the model was opened with several `workers`. An error in one thread does not affect the others. A
    recurrent network is one sequence: its steps run one after the other in the order of the calls, from whichever
    thread; open it again for each sequence. In a child of `os.fork` it raises ModelError.

    Attributes:
        name: backend and engine, such as "opencv/classic" or "onnxruntime/default".
        path: file that the network came from, for messages.
        input_shape: (c, h, w) of one picture.
        output_names: names of the arrays that `run` returns, in order.
        metadata: how to prepare pictures and read the outputs.
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
            batch: (N, c, h, w) float32, RGB, 0..1. For a model that takes bytes (`metadata.pixels` is "uint8"), pass
                (N, h, w, c) uint8, BGR; floats are rounded.

        Returns:
            One float32 array for each of `output_names`, with N as first dimension; for head "nms", (n, 7) for all
            pictures together. The arrays belong to the caller; later runs do not change them. NaN and infinite values
            are passed through; Detector and Classifier raise an error for those.

        Raises:
            ModelError: the batch has the wrong shape, the backend fails, or the process was forked after opening.
        """
        ...

    def reset(self) -> None:
        """Clear the state of recurrent layers."""
        ...


def is_runtime(model: object) -> TypeGuard[Runtime]:
    """Return whether an object is an open model."""
    return all(hasattr(model, name) for name in ("run", "metadata", "input_shape"))


def run_prepared(runtime: Runtime, inputs: Sequence[Pixels]) -> Sequence[Array]:
    """Run pictures, each shaped like a batch without N; return the first output for each.

    They run as one batch, or one after the other if the network is recurrent. Raises ModelError as `Runtime.run` does.
    """
    if runtime.recurrent or len(inputs) < 2:
        return [_of_each(runtime, picture[None])[0] for picture in inputs]
    return _of_each(runtime, np.stack(inputs))  # type: ignore[arg-type]  # all have one dtype, which stack() forgets


def _of_each(runtime: Runtime, batch: Pixels) -> Sequence[Array]:
    """Run a batch; return each picture's part of the first output."""
    output = runtime.run(batch)[0]
    if runtime.metadata.suppression is None:
        return list(output)
    return [output[output[:, 0] == number] for number in range(len(batch))]


def noise(runtime: Runtime, count: int = 1) -> Pixels:
    """Return a batch of random pictures for a model, the same for all models of one shape."""
    rng = np.random.default_rng(0)
    c, h, w = runtime.input_shape
    if runtime.metadata.pixels == "uint8":
        return rng.integers(0, 256, (count, h, w, c), np.uint8)
    return rng.random((count, c, h, w), np.float32)


def checked_batch(batch: Pixels, shape: Shape, path: str) -> Array:
    """Return the batch as contiguous float32. Raises ModelError unless it is (N, c, h, w) with N >= 1."""
    if batch.ndim != 4 or batch.shape[1:] != tuple(shape) or not len(batch):
        expected = ", ".join(map(str, shape))
        raise ModelError(path, f"takes batches of shape (N, {expected}), not {batch.shape}")
    return np.ascontiguousarray(batch, np.float32)
