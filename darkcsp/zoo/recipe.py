"""A network as a choice of parts: backbone, head or classifier, input size, and training options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from darkcsp.cfg.writer import Value
from darkcsp.zoo.boxes import COCO, Boxes
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.parts import BackboneBuilder, HeadBuilder, TailBuilder
from darkcsp.zoo.training import CLASSIFIER, DETECTOR, start

IMAGENET_CLASSES = 1000


def classify(net: Composer, x: Feature, classes: int) -> Feature:
    """Average pooling, a 1x1 convolution to the classes, softmax."""
    net.avgpool(x)
    net.conv(classes, normalize=False, activation="linear")
    return net.softmax()


def classify_before_pooling(net: Composer, x: Feature, classes: int) -> Feature:
    """A convolution to the classes, then average pooling, as in the authors' ResNet-50. The network is equivalent."""
    net.conv(classes, source=x, normalize=False, activation="linear")
    net.avgpool()
    return net.softmax()


def classify_with_dropout(net: Composer, x: Feature, classes: int) -> Feature:
    """Average pooling, dropout, a convolution to the classes, softmax."""
    net.avgpool(x)
    net.dropout(0.2)
    net.conv(classes, normalize=False, activation="linear")
    return net.softmax()


@dataclass(frozen=True)
class Recipe:
    """How to compose a network.

    Attributes:
        backbone: adds the backbone.
        size: of the square input, in pixels.
        head: adds a detection head; None for a classifier.
        boxes: the head's anchors, classes and options.
        tail: ends a classifier.
        activation: of the whole network, unless a block uses another.
        training: options of [net] that differ from the authors' usual ones; None for a cfg without training options.
    """

    backbone: BackboneBuilder
    size: int
    head: HeadBuilder | None = None
    boxes: Boxes = COCO
    tail: TailBuilder = classify
    activation: str = "leaky"
    training: Mapping[str, Value | None] | None = field(default_factory=dict)

    def compose(self, size: int | None = None, classes: int | None = None) -> Composer:
        """Compose the network, optionally for another input size or number of classes.

        Anchors, which are in pixels, do not change. Raises ValueError if `size` or `classes` is not positive.
        """
        for name, value in (("size", size), ("classes", classes)):
            if value is not None and value < 1:
                raise ValueError(f"{name}={value}: must be at least 1")
        net = start(self.size if size is None else size, self.activation, self._options())
        features = self.backbone(net)
        if self.head is None:
            self.tail(net, net.last, IMAGENET_CLASSES if classes is None else classes)
        else:
            self.head(net, features, self.boxes if classes is None else replace(self.boxes, classes=classes))
        return net

    def _options(self) -> dict[str, Value | None]:
        if self.training is None:
            return {}
        return {**(DETECTOR if self.head else CLASSIFIER), **self.training}
