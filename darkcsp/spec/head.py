"""What detection heads have in common. A head's raw output is what it is given; its detections are rows of boxes."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from darkcsp.spec.spec import Shape, Spec

Anchor = tuple[float, float]
"""(width, height)."""


@dataclass(frozen=True, kw_only=True)
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
    def nms(self) -> tuple[str, float]:
        """Kind of suppression the cfg asks for ("default", "greedynms", "diounms") and its beta."""
        return ("default", 0.6)


@dataclass(frozen=True, kw_only=True)
class AnchorHead(Head):
    """A head that predicts a box for each anchor and cell; it leaves its input's shape.

    Attributes:
        anchors: (width, height), one for each box of a cell.
    """

    anchors: tuple[Anchor, ...]

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input

    @property
    def boxes(self) -> int:
        """One for each anchor and cell."""
        return len(self.anchors) * self.input.h * self.input.w
