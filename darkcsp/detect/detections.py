"""What a detector finds in a picture, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.description import html_table
from darkcsp.detect.drawing import draw_boxes, label_of
from darkcsp.detect.names import name_of
from darkcsp.errors import MissingBackendError

_SHOWN = 10
"""Boxes that `repr` and notebooks show; the others are only counted."""


@dataclass(frozen=True, eq=False)
class Detections:
    """Boxes found in one picture, the most certain first.

    Attributes:
        xyxy: (n, 4) float32: left, top, right, bottom in the picture's pixels; as in Darknet they may lie beyond it.
        confidence: (n,) float32, 0..1.
        class_id: (n,) int64, from 0.
        names: n class names, one for each box; the classes' numbers where they are left out.

    Raises:
        ValueError: the arrays' shapes do not go together.
    """

    xyxy: Array
    confidence: Array
    class_id: npt.NDArray[np.int64]
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        xyxy = np.asarray(self.xyxy, np.float32)
        confidence = np.asarray(self.confidence, np.float32)
        class_id = np.asarray(self.class_id, np.int64)
        names = tuple(self.names) or tuple(map(str, class_id.ravel().tolist()))
        count = len(confidence) if confidence.ndim == 1 else -1
        if xyxy.shape != (count, 4) or class_id.shape != (count,) or len(names) != count:
            raise ValueError(
                "expected xyxy (n, 4), confidence (n,), class_id (n,) and n names, not "
                f"{xyxy.shape}, {confidence.shape}, {class_id.shape} and {len(names)}"
            )
        values = {"xyxy": xyxy, "confidence": confidence, "class_id": class_id, "names": names}
        for field, value in values.items():
            object.__setattr__(self, field, value)

    @classmethod
    def empty(cls) -> Detections:
        """Return no detections."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))

    @classmethod
    def of_classes(
        cls, xyxy: Array, confidence: Array, class_id: npt.NDArray[np.int64], classes: Sequence[str]
    ) -> Detections:
        """Make detections that are named from a list of class names."""
        return cls(xyxy, confidence, class_id, tuple(name_of(classes, number) for number in class_id.tolist()))

    def __len__(self) -> int:
        return len(self.confidence)

    def __getitem__(self, index: slice | Sequence[int] | npt.NDArray[Any]) -> Detections:
        """Return some of the detections: `found[found.confidence > 0.5]`, `found[:3]`, `found[[0, 2]]`."""
        chosen = np.arange(len(self))[index if isinstance(index, slice) else np.asarray(index)]
        if chosen.ndim != 1:
            raise IndexError("detections are chosen by a mask, a slice or a list of positions")
        names = tuple(self.names[position] for position in chosen.tolist())
        return Detections(self.xyxy[chosen], self.confidence[chosen], self.class_id[chosen], names)

    def to_dict(self) -> dict[str, list[dict[str, object]]]:
        """Return {"detections": [{"class_id", "name", "confidence", "xyxy"}, ...]}, ready for JSON."""
        lists = (self.class_id.tolist(), self.names, self.confidence.tolist(), self.xyxy.tolist())
        return {
            "detections": [
                {
                    "class_id": class_id,
                    "name": name,
                    "confidence": round(confidence, 6),
                    "xyxy": [round(value, 2) for value in box],
                }
                for class_id, name, confidence, box in zip(*lists, strict=True)
            ]
        }

    def __repr__(self) -> str:
        shown = zip(self.names[:_SHOWN], self.confidence[:_SHOWN].tolist(), strict=True)
        labels = [f"{len(self)} boxes", *(label_of(name, confidence) for name, confidence in shown)]
        if len(self) > _SHOWN:
            labels.append(f"and {len(self) - _SHOWN} more")
        return f"{type(self).__name__}({', '.join(labels)})"

    def _repr_html_(self) -> str:
        shown = zip(self.names[:_SHOWN], self.confidence[:_SHOWN].tolist(), self.xyxy[:_SHOWN].tolist(), strict=True)
        rows = [(name, f"{confidence:.3f}", *(f"{side:.1f}" for side in box)) for name, confidence, box in shown]
        if len(self) > _SHOWN:
            rows.append((f"and {len(self) - _SHOWN} more",))
        return html_table(("name", "confidence", "left", "top", "right", "bottom"), rows)

    def draw(self, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Return a copy of a BGR picture with boxes and labels on it. Raises MissingBackendError without OpenCV."""
        return draw_boxes(image, self.xyxy, self.confidence, self.class_id, self.names)

    def to_supervision(self) -> Any:
        """Return a `supervision.Detections`: xyxy, confidence, class_id, and names as data["class_name"].

        Raises MissingBackendError without supervision.
        """
        try:
            import supervision  # type: ignore[import-not-found, unused-ignore]
        except ImportError:
            raise MissingBackendError("supervision", "supervision") from None
        return supervision.Detections(
            xyxy=self.xyxy.copy(),
            confidence=self.confidence.copy(),
            class_id=self.class_id.copy(),
            data={"class_name": np.array(self.names, dtype=str)},
        )
