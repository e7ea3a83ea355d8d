"""Pictures to detections in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.detect.default import open_model
from darkcsp.detect.detections import Detections
from darkcsp.detect.letterbox import map_back
from darkcsp.detect.names import HIDDEN
from darkcsp.detect.nms import suppress, suppress_moved_apart
from darkcsp.detect.preprocess import Picture, Placement, checked_picture, detector_bytes, detector_input, placement
from darkcsp.detect.sound import check_boxes, check_found, check_scores
from darkcsp.errors import ArgumentError, ModelError
from darkcsp.modelfile.metadata import HeadInfo, Metadata
from darkcsp.runtimes.opening import OpenOptions
from darkcsp.runtimes.runtime import Pixels, Runtime, run_prepared
from darkcsp.runtimes.source import PathLike
from darkcsp.spec.net import RESIZES, Resize

if TYPE_CHECKING:
    from darkcsp.to_torch.network import Network


class Detector:
    """Finds things in pictures as `darknet detector test` does.

    Any number of threads may use one Detector, and each gets what a single one would. Within the network they run at
    once or wait for each other, see `Runtime`; with `workers` they run at once on every backend. A child of `os.fork`
    must open its own.

    Attributes:
        runtime: the network.
        names: class names, () where nobody knows them; detections then have the classes' numbers.
        threshold: confidence above which a box counts.
        nms: overlap above which the less certain of two boxes of a class is dropped; 0 keeps all.
        resize: how pictures become the network's size.
    """

    def __init__(
        self,
        model: PathLike | Network | Runtime | None = None,
        *,
        cfg: PathLike | None = None,
        weights: PathLike | None = None,
        names: PathLike | Sequence[str] | None = None,
        threshold: float | None = None,
        nms: float | None = None,
        resize: Resize | None = None,
        **options: Unpack[OpenOptions],
    ) -> None:
        """Open a network with detection heads.

        Args:
            model: an ONNX file that darkcsp wrote, a Network in memory, or a Runtime; else cfg and weights, else the
                default model. A Network is copied as it is now; training it further changes nothing here.
            cfg: a Darknet cfg, with
            weights: its `.weights` file.
            names: a names file or the names themselves; those in the model by default.
            threshold: see the attribute; what the cfg's program has by default, 0.25 in Darknet, or what the model says
                that ends in final boxes.
            nms: see the attribute; likewise, 0.45 in Darknet.
            resize: how pictures become the network's size, in place of what the model says: "stretch", "letter_box" or
                "wongkinyiu", see `Resize`.
            options: how the model is opened: backend, engine, size, threads, workers, semantics, dialect, permissive,
                strict, trust and limits of `open_runtime`; the limits hold for the names file, too.

        Raises:
            ArgumentError: an argument is none of those that are possible, or does not go with the others or the model.
            ModelError: it is no detector, its heads are not decoded, or it cannot be opened.
            CfgError, WeightsError, UnsupportedLayerError, MissingBackendError: see `open_runtime`.
            MediaError: the names cannot be read.
            LimitError: the cfg or the names file asks for more than the limits allow.
        """
        if resize is not None and resize not in RESIZES:
            raise ArgumentError("resize", resize, f"one of {', '.join(RESIZES)}")
        self.runtime, self.names = open_model(model, cfg, weights, names, **options)
        metadata = self.runtime.metadata
        if metadata.kind != "detector":
            raise ModelError(self.runtime.path, "has no detection heads; open it with darkcsp.Classifier")
        if metadata.head not in ("decoded", "nms"):
            raise ModelError(
                self.runtime.path,
                f"its output has the form {metadata.head!r}, a detector needs 'decoded' or 'nms'; "
                "make the file again with 'darkcsp convert --head decoded'",
            )
        self.resize: Resize = resize or metadata.resize
        self.threshold, self.nms = _limits(metadata, threshold, nms, self.runtime.path)

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
        if head.nms_kind == "wongkinyiu":
            scores = suppress_moved_apart(boxes * _sides(metadata), scores, self.nms) if self.nms else scores
        else:
            scores = suppress(self._relative(boxes, image), scores, self.nms, head.nms_kind, head.nms_beta)
        for class_id, name in enumerate(self.names[: scores.shape[1]]):
            if name.startswith(HIDDEN):
                scores[:, class_id] = 0
        row, column = np.nonzero(scores)
        order = np.argsort(-scores[row, column], kind="stable")
        row, column = row[order], column[order]
        return Detections.of_classes(self._in_picture(boxes[row], image), scores[row, column], column, self.names)

    def _named(self, final: Array, image: Picture) -> Detections:
        """Return final boxes (n, 7) in the picture's pixels, the most certain first."""
        check_scores(final[:, 2], self.runtime)
        hidden = [number for number, name in enumerate(self.names) if name.startswith(HIDDEN)]
        final = final[(final[:, 2] > np.float32(self.threshold)) & ~np.isin(final[:, 1], hidden)]
        final = final[np.argsort(-final[:, 2], kind="stable")]
        check_found(final[:, 2], self.runtime)
        check_boxes(final[:, 3:], self.runtime)
        near, far = final[:, 3:5], final[:, 5:7]
        boxes = np.concatenate([(near + far) / 2, far - near], 1, dtype=np.float32)
        return Detections.of_classes(
            self._in_picture(boxes, image), final[:, 2], final[:, 1].astype(np.int64), self.names
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


def _limits(metadata: Metadata, threshold: float | None, nms: float | None, path: str) -> tuple[float, float]:
    """Return threshold and nms. Raises ArgumentError unless they are numbers from 0 to 1 that the model allows."""
    for name, value in (("threshold", threshold), ("nms", nms)):
        if value is not None and not 0 <= value <= 1:
            raise ArgumentError(name, value, "a number from 0 to 1")
    own = metadata.suppression
    if own is None:
        usual = metadata.heads[-1].limits
        return usual[0] if threshold is None else threshold, usual[1] if nms is None else nms
    if threshold is not None and threshold < own.threshold:
        raise ArgumentError(
            "threshold",
            threshold,
            f"{own.threshold} or more",
            f"{path}: gives only boxes above {own.threshold}; threshold={threshold} needs another file: "
            f"darkcsp convert --head nms --threshold {threshold}",
        )
    if nms is not None and nms != own.nms:
        raise ArgumentError(
            "nms",
            nms,
            str(own.nms),
            f"{path}: suppresses at nms={own.nms}; nms={nms} needs another file: "
            f"darkcsp convert --head nms --nms {nms}",
        )
    return own.threshold if threshold is None else threshold, own.nms


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
