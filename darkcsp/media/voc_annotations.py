"""Annotations in Pascal VOC format (VOC2012 development kit, section 7.1)."""

from __future__ import annotations

import math
import re
from pathlib import PurePosixPath
from xml.etree import ElementTree

from darkcsp.detect.detections import Detections
from darkcsp.media.boxes import Box, boxes_inside
from darkcsp.media.frame import Frame
from darkcsp.media.sink import Result
from darkcsp.media.targets import Targets, write_file

_NO_XML = re.compile("[^ -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot represent, escaped or not, and line breaks, which would not survive reading."""


class VocAnnotations:
    """A Sink that writes one XML file per picture.

    As in VOC, boxes are in whole pixels counted from (1, 1), and include their last pixel. Each box has a `confidence`,
    as in the results that VOC's own tools write. Each frame of a video has its own file, `name-000012.xml`.
    """

    def __init__(self, targets: Targets) -> None:
        self._targets = targets

    def write(self, frame: Frame, result: Result) -> None:
        """See Sink."""
        if not isinstance(result, Detections):
            return
        root = ElementTree.Element("annotation")
        origin = PurePosixPath(frame.origin)
        _add(root, "folder", origin.parent.name)
        _add(root, "filename", origin.name)
        size = _add(root, "size")
        for tag, value in zip(("height", "width", "depth"), frame.image.shape, strict=True):
            _add(size, tag, value)
        _add(root, "segmented", 0)
        for box in boxes_inside(frame, result):
            _add_object(root, box)
        ElementTree.indent(root)
        text = ElementTree.tostring(root, encoding="unicode") + "\n"
        write_file(self._targets.path(frame.own_path, (), ".xml"), text)

    def close(self) -> None:
        """See Sink."""

    def discard(self) -> None:
        """See Sink."""


def _add_object(root: ElementTree.Element, box: Box) -> None:
    item = _add(root, "object")
    _add(item, "name", box.name)
    _add(item, "pose", "Unspecified")
    _add(item, "truncated", int(box.cut))
    _add(item, "difficult", 0)
    _add(item, "confidence", f"{box.confidence:.6f}")
    edges = _add(item, "bndbox")
    for tag, value in zip(("xmin", "ymin", "xmax", "ymax"), _pixels(box), strict=True):
        _add(edges, tag, value)


def _pixels(box: Box) -> tuple[int, int, int, int]:
    """Return the pixels whose centres are inside the box, at least one in each direction."""
    left, right = _span(box.left, box.right)
    top, bottom = _span(box.top, box.bottom)
    return left, top, right, bottom


def _span(start: float, end: float) -> tuple[int, int]:
    first, last = math.ceil(start - 0.5) + 1, math.ceil(end - 0.5)
    return (first, last) if first <= last else (math.floor(start) + 1, math.floor(start) + 1)


def _add(parent: ElementTree.Element, tag: str, value: object = None) -> ElementTree.Element:
    item = ElementTree.SubElement(parent, tag)
    if value is not None:
        item.text = _NO_XML.sub("?", str(value))
    return item
