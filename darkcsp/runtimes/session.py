"""A Runtime for any engine that runs ONNX models, with checks, batching and the state of recurrent layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from darkcsp.arrays import Array
from darkcsp.errors import ModelError, first_line
from darkcsp.modelfile.agreement import check_output, checked_metadata, picture_shape
from darkcsp.modelfile.forms import FINAL_COLUMNS, PICTURE
from darkcsp.modelfile.names import is_next_state, next_state_name
from darkcsp.modelfile.reading import OnnxFile
from darkcsp.runtimes.runtime import Pixels, checked_batch
from darkcsp.spec.shape import Shape

Forward = Callable[[Mapping[str, Any]], list[Array]]
"""One call of an engine: arrays by input name -> arrays in the order of the model's outputs."""


class Session:
    """A `Runtime` that passes batches to an engine.

    A model with a fixed batch of 1 gets the pictures one by one; with another fixed batch, it gets that many at a time,
    the last batch padded with zeros.
    """

    def __init__(self, name: str, model: OnnxFile, forward: Forward, at_once: int | None = None) -> None:
        """Wrap an engine; `at_once` limits the batch size if the model leaves it open.

        Raises ModelError unless the model was written by darkcsp, and its inputs and outputs match its metadata.
        """
        self.name, self.path = name, model.path
        self.metadata = checked_metadata(model)
        images, *states = model.inputs
        self.input_shape: Shape = self.metadata.input
        carried = [item.name for item in model.outputs if is_next_state(item.name)]
        self.output_names = tuple(item.name for item in model.outputs if item.name not in carried)
        self.recurrent = bool(states)
        self._model, self._forward = model, forward
        self._images, self._states = images.name, states
        self._at_once = images.shape[0] or at_once
        self._carried: dict[str, Array] = {}

    def run(self, batch: Pixels) -> list[Array]:
        """See Runtime."""
        given = self._given(batch)
        count, step = len(given), self._at_once or len(given)
        if self._states:
            return self._run_sequence(given)
        parts = []
        for start in range(0, count, step):
            piece = given[start : start + step]
            real = len(piece)
            if real < step:
                piece = np.concatenate([piece, np.zeros((step - real, *piece.shape[1:]), piece.dtype)])
            parts.append([self._of_pictures(output, start, real) for output in self._call({self._images: piece})])
        return [np.concatenate(pieces) if len(pieces) > 1 else pieces[0] for pieces in zip(*parts, strict=True)]

    def _given(self, batch: Pixels) -> Pixels:
        """Return the batch in the form that the model takes. Raises ModelError if that is impossible."""
        if self.metadata.pixels == "float32":
            return checked_batch(batch, self.input_shape, self.path)
        if batch.dtype == np.uint8 and batch.shape[1:] == picture_shape(self.metadata) and len(batch):
            return np.ascontiguousarray(batch, np.uint8)
        planes = np.rint(checked_batch(batch, self.input_shape, self.path) * 255).astype(np.uint8)
        return np.ascontiguousarray(planes[:, ::-1].transpose(0, 2, 3, 1))

    def _of_pictures(self, output: Array, start: int, count: int) -> Array:
        """Return an output's part for the first `count` pictures of a call; the first is number `start` overall."""
        if self.metadata.suppression is not None:
            boxes = output.reshape(-1, len(FINAL_COLUMNS))
            boxes = boxes[boxes[:, PICTURE] < count]  # a copy
            boxes[:, PICTURE] += start
            return boxes
        return output if self.metadata.head == "opencv4" else output[:count]

    def reset(self) -> None:
        """See Runtime."""
        self._carried = {}

    def _run_sequence(self, batch: Pixels) -> list[Array]:
        """Run one step of `len(batch)` sequences side by side."""
        count = len(batch)
        if self._at_once not in (None, count):
            raise ModelError(self.path, f"carries the state of {self._at_once} sequence(s), not {count}")
        if any(len(state) != count for state in self._carried.values()):
            raise ModelError(
                self.path, f"the state it carries is not for {count} sequence(s); call reset() to clear it"
            )
        given = self._carried or {
            item.name: np.zeros((count, *(size or 1 for size in item.shape[1:])), np.float32) for item in self._states
        }
        outputs = self._call({self._images: batch, **given})
        named = {item.name: array for item, array in zip(self._model.outputs, outputs, strict=True)}
        self._carried = {item.name: named[next_state_name(item.name)] for item in self._states}
        return [named[name] for name in self.output_names]

    def _call(self, feeds: Mapping[str, Any]) -> list[Array]:
        try:
            outputs = self._forward(feeds)
        except Exception as error:  # every engine has its own errors, without a common base class
            raise ModelError(self.path, f"{self.name} failed: {first_line(error)}") from error
        for declared, output in zip(self._model.outputs, outputs, strict=True):
            check_output(self.path, self.name, declared, output.shape, self.metadata.suppression is not None)
        return outputs
