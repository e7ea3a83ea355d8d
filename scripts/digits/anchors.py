"""Anchors: k-means over the sizes of boxes, with 1 - IoU as the distance (YOLO9000, section 2)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Sizes = npt.NDArray[np.float64]


def size_iou(first: Sizes, second: Sizes) -> Sizes:
    """Return IoU of sizes (n, 2) with sizes (k, 2) that share a corner, (n, k)."""
    shared = np.minimum(first[:, None], second[None]).prod(2)
    result: Sizes = shared / (first.prod(1)[:, None] + second.prod(1)[None] - shared)
    return result


def kmeans_anchors(sizes: Sizes, count: int) -> tuple[tuple[int, int], ...]:
    """Return `count` (width, height) anchors, from small to large, for box sizes (n, 2).

    Clusters start at quantiles of the area. Raises ValueError if there are fewer different sizes than anchors.
    """
    different = np.unique(sizes, axis=0)
    if len(different) < count:
        raise ValueError(f"{count} anchors need at least as many different box sizes, got {len(different)}")
    by_area = different[np.argsort(different.prod(1), kind="stable")].astype(np.float64)
    centres = by_area[((np.arange(count) + 0.5) / count * len(by_area)).astype(int)]
    nearest = np.full(len(sizes), -1)
    for _ in range(200):
        now = size_iou(sizes, centres).argmax(1)
        if (now == nearest).all():
            break
        nearest = now
        for index in range(count):
            members = sizes[nearest == index]
            centres[index] = np.median(members, 0) if len(members) else by_area[index]
    order = np.argsort(centres.prod(1))
    return tuple((max(round(w), 1), max(round(h), 1)) for w, h in centres[order].tolist())
