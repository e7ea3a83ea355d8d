"""What detection heads have in common. A head's raw output is what it is given; its detections are rows of boxes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from darkcsp.spec.anchors import Anchor
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec

LIMITS = (0.25, 0.45)
"""Confidence above which a box counts, and overlap above which one of two is dropped, in `darknet detector test`."""


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
        """Rows of its part of `detections`, for one picture."""

    @property
    def metadata(self) -> dict[str, object]:
        """What a reader of a converted model may want to know: anchors and the like, as JSON values."""
        return {}

    @property
    def constants(self) -> int:
        """The place of each box, its anchor, and one more for what they share."""
        return 5 * self.boxes

    @property
    def nms(self) -> tuple[str, float]:
        """Kind of suppression the cfg asks for ("default", "greedynms", "diounms", "wongkinyiu") and its beta."""
        return ("default", 0.6)

    @property
    def limits(self) -> tuple[float, float]:
        """(confidence, overlap) where the user says nothing: those of the program that the cfg is for."""
        return LIMITS

    @property
    def has_tree(self) -> bool:
        """Whether the classes form a tree."""
        return False

    @property
    def compares_objectness(self) -> bool:
        """Whether a box counts only where its objectness is above the threshold, as well as its score."""
        return False

    @property
    def bounded_by_objectness(self) -> bool:
        """Whether no score can be above its box's objectness, because class probabilities are 1 at most."""
        return True

    @property
    def opencv4_name(self) -> str:
        """Name of its output in OpenCV 4's Darknet importer."""
        return f"{self.type}_{self.index}"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AnchorHead(Head):
    """A head that predicts a box for each anchor and cell; it leaves its input's shape.

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
        """One for each anchor and cell."""
        return len(self.anchors) * self.input.h * self.input.w
