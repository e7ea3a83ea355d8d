"""What every runtime offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from darkcsp.errors import ModelError
from darkcsp.modelfile.metadata import Metadata
from darkcsp.spec.shape import Shape

Array = npt.NDArray[np.float32]
Backend = str
"""Name of a backend, see `BACKENDS`."""

BackendOrAuto = str
"""Name of a backend, or "auto"."""

AUTO = "auto"
"""In the place of a backend or an engine: the fastest here, see `choosing`."""


class Runtime(Protocol):
    """A network that is ready to run.

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

    def run(self, batch: Array) -> list[Array]:
        """Run a batch of pictures.

        Args:
            batch: (N, c, h, w) float32, RGB, 0..1. A model that takes bytes (`metadata.pixels` is "uint8") may be
                given (N, h, w, c) uint8, BGR, as well; floats are rounded for it.

        Returns:
            One float32 array for each of `output_names`, N in front; of head "nms", (n, 7) for all pictures together.
            They belong to the caller: another run does not change them.

        Raises:
            ModelError: the batch has another shape, or the backend fails.
        """
        ...

    def reset(self) -> None:
        """Forget what recurrent layers carried on."""
        ...


def run_prepared(runtime: Runtime, inputs: Sequence[Array]) -> Sequence[Array]:
    """Run pictures (c, h, w), at once, or one after the other where state is carried; return the first output of each.

    Raises ModelError as `Runtime.run` does.
    """
    if runtime.recurrent or len(inputs) == 1:
        return [_of_each(runtime, picture[None])[0] for picture in inputs]
    return _of_each(runtime, np.stack(inputs)) if inputs else []


def _of_each(runtime: Runtime, batch: Array) -> Sequence[Array]:
    """Run a batch; return each picture's part of the first output."""
    output = runtime.run(batch)[0]
    if runtime.metadata.suppression is None:
        return list(output)
    return [output[output[:, 0] == number] for number in range(len(batch))]


def checked_batch(batch: npt.NDArray[Any], shape: Shape, path: str) -> Array:
    """Return the batch as contiguous float32. Raises ModelError unless it is (N, c, h, w), N from 1 up."""
    if batch.ndim != 4 or batch.shape[1:] != tuple(shape) or not len(batch):
        expected = ", ".join(map(str, shape))
        raise ModelError(f"{path}: takes batches of shape (N, {expected}), not {batch.shape}")
    return np.ascontiguousarray(batch, np.float32)


def checked_engine(engine: str, offered: Sequence[str], what: str) -> None:
    """Raise ModelError unless `engine` is one of those that `what`, a library and its version, offers."""
    if engine not in offered:
        raise ModelError(f"{what} has no engine {engine!r}; it offers {', '.join(sorted({AUTO, *offered}))}")


def first_line(error: Exception) -> str:
    """The first line of a library's message that says something."""
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line), type(error).__name__)
