"""Detects objects in pictures with one call."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.description import Described
from darkcsp.detect.data_file import DataFile
from darkcsp.detect.default import open_model
from darkcsp.detect.detections import Detections
from darkcsp.detect.letterbox import map_back
from darkcsp.detect.names import HIDDEN
from darkcsp.detect.nms import (
    APART,
    CANDIDATES,
    one_class_each,
    strongest,
    suppress,
    suppress_agnostic,
    suppress_moved_apart,
)
from darkcsp.detect.preprocess import Picture, Placement, checked_picture, detector_bytes, detector_input, placement
from darkcsp.detect.sound import check_boxes, check_found, check_scores
from darkcsp.detect.suppression import chosen_suppression
from darkcsp.errors import ArgumentError, DetectionWarning, ModelError
from darkcsp.modelfile.class_names import check_count
from darkcsp.modelfile.metadata import HeadInfo, Metadata
from darkcsp.runtimes.opening import OpenOptions
from darkcsp.runtimes.runtime import Pixels, Runtime, run_prepared
from darkcsp.runtimes.source import PathLike
from darkcsp.spec.net import RESIZE_NAMES, Resize, ResizeName

if TYPE_CHECKING:
    from darkcsp.to_torch.network import Network


class Detector(Described):
    """Detects objects in pictures as `darknet detector test` does.

    A Detector can be used from any number of threads, with the same results as from one. Whether threads run the
    network at the same time or wait for each other depends on the backend (see `Runtime`); with `workers` they run at
    the same time on every backend. A child of `os.fork` must open its own.

    Attributes:
        runtime: the network.
        names: class names, () if unknown; detections are then named by class number.
        threshold: confidence above which a box is kept.
        nms: IoU above which the less confident of two boxes of the same class is dropped; 0 keeps all.
        max_detections: maximum number of detections per picture, the most confident ones; 0 for all.
        agnostic: whether boxes of different classes suppress each other as well. Each box then has one class.
        one_class_per_box: whether a box is returned only with its most probable class. Otherwise, as in Darknet, it is
            returned once for every class above the threshold.
        resize: how pictures are resized to the network's input.
    """

    def __init__(
        self,
        model: PathLike | Network | Runtime | None = None,
        *,
        cfg: PathLike | None = None,
        weights: PathLike | None = None,
        names: PathLike | Sequence[str] | None = None,
        data: PathLike | DataFile | None = None,
        threshold: float | None = None,
        nms: float | None = None,
        max_detections: int | None = None,
        agnostic: bool | None = None,
        one_class_per_box: bool | None = None,
        resize: ResizeName | None = None,
        **options: Unpack[OpenOptions],
    ) -> None:
        """Open a network with detection heads.

        Args:
            model: an ONNX file that darkcsp wrote, a Network in memory, or a Runtime. If None, cfg and weights are
                opened, or the default model without them. A Network is copied; training it further has no effect here.
            cfg: a Darknet cfg; requires weights.
            weights: its `.weights` file.
            names: a names file or the names themselves; by default those stored in the model. If their number is not
                that of the classes, you get a CfgWarning, or an error with `strict`.
            data: a Darknet `.data` file that gives the names file; an alternative to names. See `DataFile`.
            threshold: see the attribute; by default that of the cfg's program (0.25 in Darknet), or the one stored in
                a model of head "nms".
            nms: see the attribute; same default, 0.45 in Darknet.
            max_detections: see the attribute; 300 by default, or the value stored in a model of head "nms". The first
                picture with more than the default gives a DetectionWarning.
            agnostic: see the attribute; False by default, or the value stored in a model of head "nms".
            one_class_per_box: see the attribute; same default as agnostic.
            resize: how pictures are resized, instead of what the model says: "stretch" (or "darkcsp"), "letter_box",
                "wongkinyiu", or "opencv" for what `cv2.dnn` scripts do; see `Resize`.
            options: how to open the model: the backend, engine, device, size, threads, workers, semantics, dialect,
                permissive, strict, trust and limits of `open_runtime`. The limits apply to the names file as well.

        Raises:
            ArgumentError: an argument is invalid, or conflicts with another one or with the model.
            ModelError: it is not a detector, its heads are not decoded, or it cannot be opened.
            CfgError, WeightsError, UnsupportedLayerError, MissingBackendError: see `open_runtime`.
            MediaError: the names or the `.data` file cannot be read.
            LimitError: the cfg, the names file or the `.data` file exceeds the limits.
        """
        if resize is not None and resize not in RESIZE_NAMES:
            raise ArgumentError("resize", resize, f"one of {', '.join(RESIZE_NAMES)}")
        self.runtime, self.names = open_model(model, cfg, weights, names, data, **options)
        metadata = self.runtime.metadata
        if metadata.kind != "detector":
            raise ModelError(self.runtime.path, "has no detection heads; open it with darkcsp.Classifier")
        if metadata.head not in ("decoded", "nms"):
            raise ModelError(
                self.runtime.path,
                f"has head {metadata.head!r}, but a detector needs 'decoded' or 'nms'; "
                "convert it again with 'darkcsp convert --head decoded'",
            )
        check_count(self.names, metadata.heads[-1].classes, self.runtime.path, options.get("strict", False))
        self.resize: Resize = metadata.resize if resize is None else RESIZE_NAMES[resize]
        self.threshold, self.nms, self.max_detections, self.agnostic, self.one_class_per_box = chosen_suppression(
            metadata, self.runtime.path, threshold, nms, max_detections, agnostic, one_class_per_box
        )
        self._limit_is_asked_for = max_detections is not None
        self._has_warned = False

    def __call__(self, image: npt.NDArray[np.uint8]) -> Detections:
        """Detect objects in one picture.

        Args:
            image: (height, width, 3) uint8, BGR as OpenCV reads it; grey pictures may be (height, width).

        Raises:
            ArgumentError: image is not such an array.
            ModelError: the network fails, or its output has NaN or infinite values; see `interpret`.
        """
        return self.batch([image])[0]

    def batch(self, images: Sequence[npt.NDArray[np.uint8]]) -> list[Detections]:
        """Detect objects in several pictures of any sizes at once; a recurrent network takes them in sequence."""
        pictures = [checked_picture(image) for image in images]
        outputs = self.infer([self.prepare(picture) for picture in pictures])
        return [self.interpret(output, picture) for output, picture in zip(outputs, pictures, strict=True)]

    def prepare(self, image: Picture) -> Pixels:
        """Return the network's input for a picture: the first of the three steps of a call.

        The input is (c, h, w) float32, RGB, 0..1, or (h, w, c) uint8, BGR, for a model that takes bytes. Each step may
        run in its own threads. Raises ArgumentError as a call does.
        """
        metadata = self.runtime.metadata
        prepare = detector_bytes if metadata.pixels == "uint8" else detector_input
        return prepare(checked_picture(image), metadata.input, self.resize)

    def infer(self, inputs: Sequence[Pixels]) -> Sequence[Array]:
        """Run the network; return rows of boxes (boxes, 5 + classes) for each input. Raises ModelError."""
        return run_prepared(self.runtime, inputs)

    def interpret(self, rows: Array, image: Picture) -> Detections:
        """Return the detections in the network's rows for a picture: the last step.

        At most the 30,000 highest scores above the threshold take part in NMS. The first picture with more, or with
        more than `max_detections` if that is the default, gives a DetectionWarning.

        Raises ModelError if a score is NaN, or if a detection has a score or a box that is not finite.
        """
        metadata = self.runtime.metadata
        if metadata.suppression is not None:
            return self._named(rows, image)
        head = metadata.heads[-1]  # the last one's options apply to all, as in test_detector
        check_scores(rows[:, 4:], self.runtime)
        boxes, scores = above_threshold(rows, head, self.threshold)
        check_found(scores, self.runtime)
        check_boxes(boxes, self.runtime)
        boxes, scores = self._candidates(boxes, scores)
        scores = self._suppressed(boxes, scores, image)
        for class_id, name in enumerate(self.names[: scores.shape[1]]):
            if name.startswith(HIDDEN):
                scores[:, class_id] = 0
        row, column = np.nonzero(scores)
        order = self._most_certain(scores[row, column])
        row, column = row[order], column[order]
        return Detections.of_classes(self._in_picture(boxes[row], image), scores[row, column], column, self.names)

    def _candidates(self, boxes: Array, scores: Array) -> tuple[Array, Array]:
        """Return boxes and their scores, few enough to be compared quickly."""
        if self.agnostic or self.one_class_per_box:
            scores = one_class_each(scores)
        count = np.count_nonzero(scores)
        if not self.nms or count <= CANDIDATES:
            return boxes, scores
        self._warn(
            f"{count:,} scores in a picture are above the threshold of {self.threshold}; only the {CANDIDATES:,} "
            "highest are considered. Do the weights belong to this cfg? If so, raise the threshold"
        )
        scores = strongest(scores)
        some = scores.any(1)
        return boxes[some], scores[some]

    def _suppressed(self, boxes: Array, scores: Array, image: Picture) -> Array:
        """Return the scores, with 0 where a box is suppressed."""
        metadata = self.runtime.metadata
        head = metadata.heads[-1]
        most = self.max_detections + 1 if self.max_detections else None  # one more shows that some are left out
        if head.nms_kind == "wongkinyiu":
            if not self.nms:
                return scores
            apart = 0 if self.agnostic else APART
            return suppress_moved_apart(boxes * _sides(metadata), scores, self.nms, most, apart)
        function = suppress_agnostic if self.agnostic else suppress
        return function(self._relative(boxes, image), scores, self.nms, head.nms_kind, head.nms_beta, most)

    def _most_certain(self, confidence: Array) -> npt.NDArray[np.intp]:
        """Return the positions of the highest confidences, in descending order, at most `max_detections`."""
        order = np.argsort(-confidence, kind="stable")
        if not self.max_detections or len(order) <= self.max_detections:
            return order
        if not self._limit_is_asked_for:
            self._warn(
                f"more than {self.max_detections} detections in a picture; only the most confident are returned "
                "(max_detections sets how many; 0 returns all)"
            )
        return order[: self.max_detections]

    def _warn(self, message: str) -> None:
        """Warn once about detections that are left out."""
        if not self._has_warned:
            self._has_warned = True
            warnings.warn(f"{self.runtime.path}: {message}", DetectionWarning, stacklevel=2)

    def _facts(self) -> dict[str, object]:
        metadata = self.runtime.metadata
        return {
            "model": self.runtime.path,
            "runtime": self.runtime.name,
            "input": tuple(metadata.input),
            "precision": metadata.precision,
            "heads": [head.type for head in metadata.heads],
            "classes": metadata.heads[-1].classes,
            "names": bool(self.names),
            "threshold": self.threshold,
            "nms": self.nms,
            "resize": self.resize,
        }

    def _named(self, final: Array, image: Picture) -> Detections:
        """Return final boxes (n, 7) as detections in the picture's pixels, the most confident first."""
        check_scores(final[:, 2], self.runtime)
        self._check_is_whole(final)
        hidden = [number for number, name in enumerate(self.names) if name.startswith(HIDDEN)]
        final = final[(final[:, 2] > np.float32(self.threshold)) & ~np.isin(final[:, 1], hidden)]
        final = final[self._most_certain(final[:, 2])]
        check_found(final[:, 2], self.runtime)
        check_boxes(final[:, 3:], self.runtime)
        near, far = final[:, 3:5], final[:, 5:7]
        boxes = np.concatenate([(near + far) / 2, far - near], 1, dtype=np.float32)
        return Detections.of_classes(
            self._in_picture(boxes, image), final[:, 2], final[:, 1].astype(np.int64), self.names
        )

    def _check_is_whole(self, final: Array) -> None:
        """Warn if the model itself may have left out boxes: it returns no more than a fixed number per class."""
        own = self.runtime.metadata.suppression
        if (
            self._limit_is_asked_for
            or own is None
            or not own.nms
            or not own.max_detections
            or len(final) < own.max_detections
        ):
            return
        classes = np.zeros(len(final)) if own.agnostic else final[:, 1]
        if np.unique(classes, return_counts=True)[1].max() >= own.max_detections:
            self._warn(
                f"{own.max_detections} or more detections of one class in a picture; the model returns no more than "
                "that ('darkcsp convert --head nms --max-detections N' sets how many)"
            )

    def _relative(self, boxes: Array, image: Picture) -> Array:
        """Convert boxes (n, 4), cx, cy, w, h, from relative to the input to relative to the picture."""
        metadata = self.runtime.metadata
        height, width = image.shape[:2]
        place = placement(width, height, metadata.input, self.resize)
        return relative_to_picture(boxes, place, (metadata.input.w, metadata.input.h))

    def _in_picture(self, boxes: Array, image: Picture) -> Array:
        """Convert boxes (n, 4), cx, cy, w, h relative to the input, to left, top, right, bottom in the picture."""
        metadata = self.runtime.metadata
        height, width = image.shape[:2]
        if self.resize == "wongkinyiu":
            return map_back(_corners(boxes, metadata.input.w, metadata.input.h), width, height, metadata.input)
        return _corners(self._relative(boxes, image), width, height)


def _sides(metadata: Metadata) -> Array:
    """(w, h, w, h) of the network's input."""
    return np.array([metadata.input.w, metadata.input.h] * 2, np.float32)


def _corners(boxes: Array, width: int, height: int) -> Array:
    """Convert boxes (n, 4), cx, cy, w, h relative to a picture, to left, top, right, bottom in its pixels."""
    half = boxes[:, 2:] / 2
    xyxy: Array = np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], 1)
    xyxy *= np.array([width, height] * 2, np.float32)
    return xyxy


def above_threshold(rows: Array, head: HeadInfo, threshold: float) -> tuple[Array, Array]:
    """Keep what the head's type lets through (get_yolo_detections, get_region_boxes, get_detection_detections).

    Args:
        rows: (boxes, 5 + classes): cx, cy, w, h, objectness, class probabilities times objectness.
        head: the head that gave them.
        threshold: value that a probability must exceed.

    Returns:
        Boxes (n, 4), and scores (n, classes) that are 0 where a class is not above the threshold.
    """
    limit = np.float32(threshold)
    if head.compares_objectness:
        rows = rows[rows[:, 4] > limit]
    scores = rows[:, 5:]
    if head.tree:  # a class of a tree counts without objectness
        scores = scores / rows[:, 4, None]
        limit = np.float32(0)
    some = (scores > limit).any(1)
    scores = scores[some]
    return rows[some, :4], np.where(scores > limit, scores, np.float32(0))


def relative_to_picture(boxes: Array, place: Placement, size: tuple[int, int]) -> Array:
    """Convert boxes (n, 4), cx, cy, w, h, from relative to the input to the picture (correct_yolo_boxes)."""
    if place[2:] == size:
        return boxes
    inner, full = np.array(place[2:], np.float32), np.array(size, np.float32)
    centre = (boxes[:, :2] - (full - inner) / 2 / full) / (inner / full)
    return np.concatenate([centre, boxes[:, 2:] * (full / inner)], 1, dtype=np.float32)
