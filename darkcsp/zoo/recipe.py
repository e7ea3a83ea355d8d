"""A network as a choice: backbone, head or classifier, input size, training options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from darkcsp.cfg.writer import Value
from darkcsp.zoo.blocks import Pyramid, classify
from darkcsp.zoo.composer import Composer, Feature
from darkcsp.zoo.heads import COCO, Boxes
from darkcsp.zoo.training import classifier, detector

Backbone = Callable[[Composer], Pyramid]
Head = Callable[[Composer, Pyramid, Boxes], None]
Tail = Callable[[Composer, Feature, int], Feature]

IMAGENET_CLASSES = 1000


@dataclass(frozen=True)
class Recipe:
    """How to compose a network.

    Attributes:
        backbone: adds the backbone.
        size: of the square input, in pixels.
        head: adds a detection head; None for a classifier.
        boxes: the head's anchors, classes and options.
        tail: ends a classifier.
        activation: of the whole network, where a block does not ask for another.
        training: options of [net] that differ from the authors' usual ones.
    """

    backbone: Backbone
    size: int
    head: Head | None = None
    boxes: Boxes = COCO
    tail: Tail = classify
    activation: str = "leaky"
    training: Mapping[str, Value | None] = field(default_factory=dict)

    def compose(self, size: int | None = None, classes: int | None = None) -> Composer:
        """Compose the network, for another input size or number of classes where they are given."""
        start = detector if self.head else classifier
        net = start(size or self.size, activation=self.activation, **self.training)
        features = self.backbone(net)
        if self.head is None:
            self.tail(net, net.last, classes or IMAGENET_CLASSES)
        else:
            self.head(net, features, replace(self.boxes, classes=classes or self.boxes.classes))
        return net


def classify_before_pooling(net: Composer, x: Feature, classes: int) -> Feature:
    """Convolution to the classes first, then the average: the same network, as the authors' ResNet-50 has it."""
    net.conv(classes, source=x, normalize=False, activation="linear")
    net.avgpool()
    return net.softmax()


def classify_with_dropout(net: Composer, x: Feature, classes: int) -> Feature:
    """Average, dropout, convolution to the classes, softmax."""
    net.avgpool(x)
    net.dropout(0.2)
    net.conv(classes, normalize=False, activation="linear")
    return net.softmax()
