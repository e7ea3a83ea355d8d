"""Pictures to detections in one call."""

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
    """Finds things in pictures as `darknet detector test` does.

    Any number of threads may use one Detector, and each gets what a single one would. Within the network they run at
    once or wait for each other, see `Runtime`; with `workers` they run at once on every backend. A child of `os.fork`
    must open its own.

    Attributes:
        runtime: the network.
        names: class names, () where nobody knows them; detections then have the classes' numbers.
        threshold: confidence above which a box counts.
        nms: overlap above which the less certain of two boxes of a class is dropped; 0 keeps all.
        max_detections: detections to return of a picture, the most certain; 0 for all.
        agnostic: whether boxes of different classes suppress one another, too. Each box then has one class.
        one_class_per_box: whether a box is returned only as its most probable class. As in Darknet, it is otherwise
            returned once for every class above the threshold.
        resize: how pictures become the network's size.
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
            model: an ONNX file that darkcsp wrote, a Network in memory, or a Runtime; else cfg and weights, else the
                default model. A Network is copied as it is now; training it further changes nothing here.
            cfg: a Darknet cfg, with
            weights: its `.weights` file.
            names: a names file or the names themselves; those in the model by default. A CfgWarning tells if they
                are fewer or more than the classes, which is an error with `strict`.
            data: a Darknet `.data` file, which says what the names file is, in the place of names; see `DataFile`.
            threshold: see the attribute; what the cfg's program has by default, 0.25 in Darknet, or what the model says
                that ends in final boxes.
            nms: see the attribute; likewise, 0.45 in Darknet.
            max_detections: see the attribute; 300 by default, or what such a model says. With the default, the first
                picture that has more raises a DetectionWarning.
            agnostic: see the attribute; False by default, likewise.
            one_class_per_box: see the attribute; False by default, likewise.
            resize: how pictures become the network's size, in place of what the model says: "stretch" (or "darkcsp"),
                "letter_box", "wongkinyiu", or "opencv" for what scripts around `cv2.dnn` do, see `Resize`.
            options: how the model is opened: backend, engine, device, size, threads, workers, semantics, dialect,
                permissive, strict, trust and limits of `open_runtime`; the limits hold for the names file, too.

        Raises:
            ArgumentError: an argument is none of those that are possible, or does not go with the others or the model.
            ModelError: it is no detector, its heads are not decoded, or it cannot be opened.
            CfgError, WeightsError, UnsupportedLayerError, MissingBackendError: see `open_runtime`.
            MediaError: the names or the `.data` file cannot be read.
            LimitError: the cfg, the names file or the `.data` file asks for more than the limits allow.
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
        """Find things in one picture.

        Args:
            image: (height, width, 3) uint8, BGR as OpenCV reads it; grey pictures may be (height, width).

        Raises:
            MediaError: it is no such array.
            ModelError: the network fails, or gives no numbers: see `interpret`.
        """
        return self.batch([image])[0]

    def batch(self, images: Sequence[npt.NDArray[np.uint8]]) -> list[Detections]:
        """Find things in several pictures of any sizes at once; a recurrent network takes them one after the other."""
        pictures = [checked_picture(image) for image in images]
        outputs = self.infer([self.prepare(picture) for picture in pictures])
        return [self.interpret(output, picture) for output, picture in zip(outputs, pictures, strict=True)]

    def prepare(self, image: Picture) -> Pixels:
        """Return the network's input for a picture: the first of the three steps of a call.

        It is (c, h, w) float32, RGB, 0..1, or (h, w, c) uint8, BGR, for a model that takes bytes. Each step may
        run in threads of its own. Raises MediaError as a call does.
        """
        metadata = self.runtime.metadata
        prepare = detector_bytes if metadata.pixels == "uint8" else detector_input
        return prepare(checked_picture(image), metadata.input, self.resize)

    def infer(self, inputs: Sequence[Pixels]) -> Sequence[Array]:
        """Run the network; return rows of boxes (boxes, 5 + classes) for each input. Raises ModelError."""
        return run_prepared(self.runtime, inputs)

    def interpret(self, rows: Array, image: Picture) -> Detections:
        """Return what the network's rows say about a picture: the last step.

        At most 30,000 scores above the threshold are compared with one another, the highest. The first picture with
        more of them, or with more than `max_detections` if that is the default, is told by a DetectionWarning.

        Raises ModelError where a score is NaN, or something found has a score or a box that is not finite.
        """
        metadata = self.runtime.metadata
        if metadata.suppression is not None:
            return self._named(rows, image)
        head = metadata.heads[-1]  # the last one's options hold for all, as in test_detector
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
        """Return boxes and their scores, no more than can be compared in a moment."""
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
        most = self.max_detections + 1 if self.max_detections else None  # one more tells that there are more
        if head.nms_kind == "wongkinyiu":
            if not self.nms:
                return scores
            apart = 0 if self.agnostic else APART
            return suppress_moved_apart(boxes * _sides(metadata), scores, self.nms, most, apart)
        function = suppress_agnostic if self.agnostic else suppress
        return function(self._relative(boxes, image), scores, self.nms, head.nms_kind, head.nms_beta, most)

    def _most_certain(self, confidence: Array) -> npt.NDArray[np.intp]:
        """Return the positions of the highest, in order, `max_detections` at most."""
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
        """Warn once of what is left out."""
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
        """Return final boxes (n, 7) in the picture's pixels, the most certain first."""
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
        """Warn where the model itself may have left out boxes: it gives so many of a class and no more."""
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
        """Turn boxes (n, 4), cx, cy, w, h, from relative to the input to relative to the picture."""
        metadata = self.runtime.metadata
        height, width = image.shape[:2]
        place = placement(width, height, metadata.input, self.resize)
        return relative_to_picture(boxes, place, (metadata.input.w, metadata.input.h))

    def _in_picture(self, boxes: Array, image: Picture) -> Array:
        """Turn boxes (n, 4), cx, cy, w, h relative to the input, into left, top, right, bottom in the picture."""
        metadata = self.runtime.metadata
        height, width = image.shape[:2]
        if self.resize == "wongkinyiu":
            return map_back(_corners(boxes, metadata.input.w, metadata.input.h), width, height, metadata.input)
        return _corners(self._relative(boxes, image), width, height)


def _sides(metadata: Metadata) -> Array:
    """(w, h, w, h) of the network's input."""
    return np.array([metadata.input.w, metadata.input.h] * 2, np.float32)


def _corners(boxes: Array, width: int, height: int) -> Array:
    """Turn boxes (n, 4), cx, cy, w, h relative to a picture, into left, top, right, bottom in its pixels."""
    half = boxes[:, 2:] / 2
    xyxy: Array = np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], 1)
    xyxy *= np.array([width, height] * 2, np.float32)
    return xyxy


def above_threshold(rows: Array, head: HeadInfo, threshold: float) -> tuple[Array, Array]:
    """Keep what the head's type lets through (get_yolo_detections, get_region_boxes, get_detection_detections).

    Args:
        rows: (boxes, 5 + classes): cx, cy, w, h, objectness, class probabilities times objectness.
        head: the head that gave them.
        threshold: what a probability must exceed.

    Returns:
        Boxes (n, 4), and scores (n, classes) that are 0 where a class is not above the threshold.
    """
    limit = np.float32(threshold)
    if head.compares_objectness:
        rows = rows[rows[:, 4] > limit]
    scores = rows[:, 5:]
    if head.tree:  # a class of the tree counts without objectness
        scores = scores / rows[:, 4, None]
        limit = np.float32(0)
    some = (scores > limit).any(1)
    scores = scores[some]
    return rows[some, :4], np.where(scores > limit, scores, np.float32(0))


def relative_to_picture(boxes: Array, place: Placement, size: tuple[int, int]) -> Array:
    """Turn boxes (n, 4), cx, cy, w, h, from relative to the input to relative to the picture (correct_yolo_boxes)."""
    if place[2:] == size:
        return boxes
    inner, full = np.array(place[2:], np.float32), np.array(size, np.float32)
    centre = (boxes[:, :2] - (full - inner) / 2 / full) / (inner / full)
    return np.concatenate([centre, boxes[:, 2:] * (full / inner)], 1, dtype=np.float32)
