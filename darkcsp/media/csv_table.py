"""A table with a row for each detection or class."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from typing import TextIO

from darkcsp.detect.detections import COLUMNS, Detections
from darkcsp.media.frame import Frame
from darkcsp.media.growing import GrowingText
from darkcsp.media.sink import Result

HEADER = ("file", "frame", "width", "height", *COLUMNS)
"""Columns: `frame` is empty for single pictures, the box (in pixels) for results of classifiers."""


class CsvTable:
    """A Sink that writes comma-separated values (RFC 4180, but with Unix line endings) in UTF-8, with a header."""

    def __init__(self, target: str | os.PathLike[str] | TextIO) -> None:
        """Write to a file or an open stream. Raises MediaError if the file's folder does not exist."""
        self._text = GrowingText(target)
        self._begun = False

    def write(self, frame: Frame, result: Result) -> None:
        """See Sink."""
        self._begin()
        height, width = frame.image.shape[:2]
        number = "" if frame.clip is None else frame.number
        self._write([frame.origin, number, width, height, *values] for values in _values(result))

    def close(self) -> None:
        """See Sink."""
        self._begin()
        self._text.finish()

    def discard(self) -> None:
        """See Sink."""
        self._text.discard()

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._write(iter([HEADER]))

    def _write(self, rows: Iterator[Sequence[object]]) -> None:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows(rows)
        self._text.write(buffer.getvalue())


def _values(result: Result) -> Iterator[list[object]]:
    """Yield the cells of each row from class_id on."""
    if isinstance(result, Detections):
        lists = (result.class_id.tolist(), result.names, result.confidence.tolist(), result.xyxy.tolist())
        for class_id, name, confidence, box in zip(*lists, strict=True):
            yield [class_id, name, f"{confidence:.6f}", *(f"{value:.2f}" for value in box)]
    else:
        for item in result:
            yield [item.class_id, item.name, f"{item.probability:.6f}", "", "", "", ""]
