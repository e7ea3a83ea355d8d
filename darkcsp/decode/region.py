"""Boxes of [region] (get_region_boxes in src/region_layer.c)."""

from __future__ import annotations

import numpy as np

from darkcsp.arrays import Array
from darkcsp.decode.registry import decodes
from darkcsp.decode.rows import exp, place_centres, scale_sizes, sigmoid, softmax, to_rows
from darkcsp.layers.region import Region
from darkcsp.spec.shape import Shape
from darkcsp.spec.tree import Tree


@decodes(Region)
def decode_region(spec: Region, network: Shape, raw: Array) -> Array:
    """Return (N, boxes, 5 + classes).

    With a class tree, a box has only the narrowest class whose probability is above 0.5.
    """
    _, h, w = spec.input
    rows = to_rows(raw, len(spec.anchors), spec.input)
    xy, size = sigmoid(rows[..., :2]), exp(rows[..., 2:4])
    place_centres(xy, h, w, len(spec.anchors))
    scale_sizes(size, spec.anchors, w, h)
    objectness, classes = _scores(spec, rows[..., spec.coords : spec.coords + 1], rows[..., spec.coords + 1 :])
    return np.concatenate([xy, size, objectness, classes * objectness], 2)


def _scores(spec: Region, objectness: Array, classes: Array) -> tuple[Array, Array]:
    """Return the objectness and class probabilities of the boxes."""
    if spec.background and spec.softmax:
        classes = softmax(np.concatenate([objectness, classes], 2))[..., 1:]
    elif spec.tree:
        tree = spec.tree.needed(spec.place, "NumPy")
        classes = narrowest(tree_products(tree, tree_softmax(tree, classes)))
    elif spec.softmax:
        classes = softmax(classes)
    elif spec.logistic_classes:
        classes = sigmoid(classes)
    if spec.background:
        return np.ones_like(objectness), classes
    objectness = sigmoid(objectness)
    if spec.drops_doubtful:
        objectness *= objectness >= 0.5
    return objectness, classes


def tree_softmax(tree: Tree, x: Array) -> Array:
    """Apply a softmax to each group of siblings; classes are the last dimension."""
    sizes = [len(group) for group in tree.groups]
    starts = np.cumsum([0, *sizes[:-1]])
    e: Array = np.exp(x - np.repeat(np.maximum.reduceat(x, starts, -1), sizes, -1))
    e /= np.repeat(np.add.reduceat(e, starts, -1), sizes, -1)
    return e


def tree_products(tree: Tree, x: Array) -> Array:
    """Multiply each class's probability given its parent by the probabilities of all its ancestors."""
    x = np.concatenate([x, np.ones_like(x[..., :1])], -1)
    for table in tree.jumps:
        x = x * x[..., table]
    return x[..., :-1]


def narrowest(x: Array) -> Array:
    """Set all classes to zero except the last one whose probability is above 0.5."""
    above = x > 0.5
    last = x.shape[-1] - 1 - above[..., ::-1].argmax(-1)[..., None]
    result = np.zeros_like(x)
    np.put_along_axis(result, last, np.where(above.any(-1, keepdims=True), np.take_along_axis(x, last, -1), 0), -1)
    return result
