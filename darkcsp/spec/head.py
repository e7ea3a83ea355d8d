"""Common parts of detection heads. A head's raw output is its input; its detections are rows of boxes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from darkcsp.spec.anchors import Anchor
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec

LIMITS = (0.25, 0.45)
"""(confidence, IoU) thresholds of `darknet detector test`: the minimum score of a box, and the maximum IoU in NMS."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Head(Spec):
    """A layer that turns its input into detections.

    Attributes:
        classes: number of classes.
    """

    classes: int

    @property
    @abstractmethod
    def boxes(self) -> int:
        """Number of rows that the head adds to `detections`, for one image."""

    @property
    def metadata(self) -> dict[str, object]:
        """Values for readers of a converted model, such as anchors, that can be written as JSON."""
        return {}

    @property
    def constants(self) -> int:
        """The position of each box, its anchor, and one more for shared values."""
        return 5 * self.boxes

    @property
    def nms(self) -> tuple[str, float]:
        """Kind of NMS that the cfg asks for ("default", "greedynms", "diounms", "wongkinyiu"), and its beta."""
        return ("default", 0.6)

    @property
    def limits(self) -> tuple[float, float]:
        """Default (confidence, IoU) thresholds: those of the program that the cfg is written for."""
        return LIMITS

    @property
    def has_tree(self) -> bool:
        """Whether the classes form a tree."""
        return False

    @property
    def compares_objectness(self) -> bool:
        """Whether a box's objectness, and not only its score, must exceed the threshold."""
        return False

    @property
    def bounded_by_objectness(self) -> bool:
        """Whether no score can exceed its box's objectness, because class probabilities are at most 1."""
        return True

    @property
    def opencv4_name(self) -> str:
        """Name of the head's output in OpenCV 4's Darknet importer."""
        return f"{self.type}_{self.index}"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AnchorHead(Head):
    """A head that predicts a box for each anchor in each cell; it keeps its input's shape.

    Attributes:
        anchors: (width, height), one for each box of a cell.
    """

    option_attributes: ClassVar[Mapping[str, str]] = {"mask": "anchors", "num": "anchors"}

    anchors: tuple[Anchor, ...]

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input

    @property
    def boxes(self) -> int:
        """One for each anchor in each cell."""
        return len(self.anchors) * self.input.h * self.input.w
