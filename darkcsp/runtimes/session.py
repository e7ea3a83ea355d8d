"""A Runtime over any engine that runs ONNX models: checks, batches and the state of recurrent layers, once for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from darkcsp.errors import ModelError
from darkcsp.layers.spec import Shape
from darkcsp.runtimes.metadata import Metadata
from darkcsp.runtimes.onnx_file import FLOAT, OnnxFile, Value
from darkcsp.runtimes.runtime import Array, checked_batch, first_line

Forward = Callable[[Mapping[str, Array]], list[Array]]
"""One call of an engine: arrays by input name -> arrays in the order of the model's outputs."""

_STATE, _NEXT = "state_", "next_"


class Session:
    """A Runtime (see there) that hands batches to an engine.

    A model with a fixed batch of 1 sees the pictures one by one; with another fixed batch, in runs of that many, the
    last filled up with zeros.
    """

    def __init__(self, name: str, model: OnnxFile, forward: Forward, at_once: int | None = None) -> None:
        """Wrap an engine; `at_once` limits the pictures of one call where the model leaves them open.

        Raises ModelError unless the model was written by darkcsp and takes float32 pictures.
        """
        self.name, self.path = name, model.path
        self.metadata = Metadata.from_properties(model.properties, model.path)
        images, *states = model.inputs or (Value("", 0, ()),)
        if images.element != FLOAT or images.shape[1:] != tuple(self.metadata.input) or len(images.shape) != 4:
            raise ModelError(
                f"{model.path}: its input {images.name!r} has shape {images.shape}, expected float32 (batch, "
                f"{', '.join(map(str, self.metadata.input))})"
            )
        self.input_shape: Shape = self.metadata.input
        carried = [item.name for item in model.outputs if item.name.startswith(_NEXT + _STATE)]
        self.output_names = tuple(item.name for item in model.outputs if item.name not in carried)
        self.recurrent = bool(states)
        self._model, self._forward = model, forward
        self._images, self._states = images.name, states
        self._at_once = images.shape[0] or at_once
        self._carried: dict[str, Array] = {}

    def run(self, batch: Array) -> list[Array]:
        """See Runtime."""
        batch = checked_batch(batch, self.input_shape, self.path)
        count, step = len(batch), self._at_once or len(batch)
        if self._states:
            return self._run_sequence(batch)
        parts = []
        for start in range(0, count, step):
            piece = batch[start : start + step]
            if len(piece) < step:
                piece = np.concatenate([piece, np.zeros((step - len(piece), *piece.shape[1:]), np.float32)])
            parts.append(self._call({self._images: piece}))
        whole = [np.concatenate(pieces) if len(pieces) > 1 else pieces[0] for pieces in zip(*parts, strict=True)]
        return [array[:count] for array in whole]

    def reset(self) -> None:
        """See Runtime."""
        self._carried = {}

    def _run_sequence(self, batch: Array) -> list[Array]:
        """One step of `len(batch)` sequences side by side."""
        count = len(batch)
        if self._at_once not in (None, count):
            raise ModelError(f"{self.path}: carries the state of {self._at_once} sequence(s), not of {count}")
        if any(len(state) != count for state in self._carried.values()):
            raise ModelError(
                f"{self.path}: the state it carries is not that of {count} sequence(s); reset() forgets it"
            )
        given = self._carried or {
            item.name: np.zeros((count, *(size or 1 for size in item.shape[1:])), np.float32) for item in self._states
        }
        outputs = self._call({self._images: batch, **given})
        named = {item.name: array for item, array in zip(self._model.outputs, outputs, strict=True)}
        self._carried = {item.name: named[_NEXT + item.name] for item in self._states}
        return [named[name] for name in self.output_names]

    def _call(self, feeds: Mapping[str, Array]) -> list[Array]:
        try:
            return self._forward(feeds)
        except Exception as error:  # every engine has errors of its own, not all derived from one another
            raise ModelError(f"{self.path}: {self.name} fails: {first_line(error)}") from error
