"""The objects detected in one picture, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.description import html_table
from darkcsp.detect.coco_format import CocoEntry, coco_entry, coco_ids_of
from darkcsp.detect.drawing import draw_boxes, label_of
from darkcsp.detect.names import name_of
from darkcsp.errors import ArgumentError, MissingBackendError

if TYPE_CHECKING:
    from types import NotImplementedType

ClassKey = str | int | np.integer[Any]
"""A class, by name or by number."""

COLUMNS = ("class_id", "name", "confidence", "left", "top", "right", "bottom")
"""Columns of a table of detections."""


class Detection(NamedTuple):
    """One box: left, top, right, bottom in the picture's pixels, confidence 0..1, class number from 0, class name."""

    xyxy: tuple[float, float, float, float]
    confidence: float
    class_id: int
    name: str


_SHOWN = 10
"""How many boxes `repr` and notebooks show; the rest are only counted."""


@dataclass(frozen=True, eq=False)
class Detections:
    """The objects detected in one picture, the most confident first.

    Detections are a sequence of `Detection`: `for box in found`, `found[0]`, `len(found)`; an empty sequence is false.
    A slice, a boolean mask or a list of integers selects a subset, again as `Detections`: `found[:3]`,
    `found[found.confidence > 0.5]`, `found[[0, 2]]`. Two are equal if they have equal boxes in the same order.

    Attributes:
        xyxy: (n, 4) float32: left, top, right, bottom in the picture's pixels; as in Darknet, they may lie outside.
        confidence: (n,) float32, 0..1.
        class_id: (n,) int64, from 0.
        names: n class names, one per box; the class numbers by default.

    Raises:
        ValueError: the arrays' shapes do not match.
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
        """Return empty detections."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))

    @classmethod
    def of_classes(
        cls, xyxy: Array, confidence: Array, class_id: npt.NDArray[np.int64], classes: Sequence[str]
    ) -> Detections:
        """Create detections, with each box named from a list of class names."""
        return cls(xyxy, confidence, class_id, tuple(name_of(classes, number) for number in class_id.tolist()))

    def __len__(self) -> int:
        return len(self.confidence)

    def __iter__(self) -> Iterator[Detection]:
        lists = (self.xyxy.tolist(), self.confidence.tolist(), self.class_id.tolist(), self.names)
        for box, confidence, class_id, name in zip(*lists, strict=True):
            yield Detection(tuple(box), confidence, class_id, name)

    @overload
    def __getitem__(self, index: int | np.integer[Any]) -> Detection: ...

    @overload
    def __getitem__(self, index: slice | Sequence[int] | Sequence[bool] | npt.NDArray[Any]) -> Detections: ...

    def __getitem__(
        self, index: int | np.integer[Any] | slice | Sequence[int] | Sequence[bool] | npt.NDArray[Any]
    ) -> Detection | Detections:
        """Return one detection or a subset. Raises IndexError for an index out of range or of another type."""
        if isinstance(index, slice):
            return self._chosen(np.arange(len(self))[index])
        positions = np.asarray(index)
        if positions.ndim == 0 and positions.dtype.kind in "iu":
            (one,) = self._chosen(np.arange(len(self))[[int(positions)]])
            return one
        if positions.size == 0 and positions.dtype == np.float64:  # what NumPy makes of []
            positions = positions.astype(np.int64)
        if positions.ndim != 1 or positions.dtype.kind not in "iub":
            raise IndexError("index detections with an integer, a slice, a boolean mask or a list of integers")
        return self._chosen(np.arange(len(self))[positions])

    def _chosen(self, positions: npt.NDArray[np.intp]) -> Detections:
        names = tuple(self.names[position] for position in positions.tolist())
        return Detections(self.xyxy[positions], self.confidence[positions], self.class_id[positions], names)

    def __eq__(self, other: object) -> bool | NotImplementedType:
        if not isinstance(other, Detections):
            return NotImplemented
        return self.names == other.names and all(
            np.array_equal(getattr(self, field), getattr(other, field)) for field in ("xyxy", "confidence", "class_id")
        )

    __hash__ = None  # type: ignore[assignment]  # arrays can be changed

    def filter(
        self, *, classes: ClassKey | Iterable[ClassKey] | None = None, confidence: float | None = None
    ) -> Detections:
        """Return the detections of some classes or above a confidence, in the same order.

        Args:
            classes: names or numbers of the classes to keep; all by default.
            confidence: value that the confidence must exceed; no limit by default.
        """
        kept = np.ones(len(self), np.bool_)
        if confidence is not None:
            kept &= self.confidence > np.float32(confidence)
        if classes is not None:
            wanted = {classes} if isinstance(classes, (int, np.integer, str)) else set(classes)
            pairs = zip(self.class_id.tolist(), self.names, strict=True)
            kept &= np.array([not wanted.isdisjoint(pair) for pair in pairs], np.bool_)
        return self[kept]

    @classmethod
    def concatenate(cls, parts: Iterable[Detections]) -> Detections:
        """Concatenate several detections into one, for example those of the tiles of a picture."""
        every = list(parts)
        if not every:
            return cls.empty()
        return cls(
            np.concatenate([part.xyxy for part in every]),
            np.concatenate([part.confidence for part in every]),
            np.concatenate([part.class_id for part in every]),
            tuple(name for part in every for name in part.names),
        )

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
        """Return a copy of a BGR picture with boxes and labels drawn. Raises MissingBackendError without OpenCV."""
        return draw_boxes(image, self.xyxy, self.confidence, self.class_id, self.names)

    def to_coco(self, image_id: int, category_ids: Sequence[int] | None = None) -> list[CocoEntry]:
        """Return COCO results, ready for JSON: {"image_id", "category_id", "bbox", "score"} for each box.

        Args:
            image_id: the picture's ID in the dataset.
            category_ids: the dataset's category ID of each class, in class order. May be omitted if the class names are
                COCO's 80.

        Raises:
            ArgumentError: a class has no category ID.
        """
        ids = coco_ids_of(self.class_id.tolist(), self.names) if category_ids is None else tuple(category_ids)
        if ids is None:
            raise ArgumentError(
                "category_ids", None, "a number for each class", "names are not COCO's 80 classes; pass category_ids="
            )
        if len(self) and not 0 <= self.class_id.min() <= self.class_id.max() < len(ids):
            wanted = f"{self.class_id.max() + 1} numbers or more, one for each class"
            raise ArgumentError("category_ids", category_ids, wanted, f"category_ids={ids!r:.60}: expected {wanted}")
        return [coco_entry(image_id, ids[box.class_id], *box.xyxy, box.confidence) for box in self]

    def to_pandas(self) -> Any:
        """Return a `pandas.DataFrame` with the columns class_id, name, confidence, left, top, right, bottom.

        Raises MissingBackendError without pandas.
        """
        columns = (self.class_id, np.array(self.names, dtype=object), self.confidence, *self.xyxy.T)
        return _library("pandas", "Detections.to_pandas()").DataFrame(dict(zip(COLUMNS, columns, strict=True)))

    def to_supervision(self) -> Any:
        """Return a `supervision.Detections`: xyxy, confidence, class_id, and names as data["class_name"].

        Raises MissingBackendError without supervision.
        """
        return _library("supervision", "Detections.to_supervision()").Detections(
            xyxy=self.xyxy.copy(),
            confidence=self.confidence.copy(),
            class_id=self.class_id.copy(),
            data={"class_name": np.array(self.names, dtype=str)},
        )


def _library(name: str, user: str) -> ModuleType:
    """Import an optional library. Raises MissingBackendError, which names `user`, if it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise MissingBackendError(name, name, user) from None
