"""The possible forms of a model's input, output and numbers."""

from __future__ import annotations

from typing import Literal, get_args

HeadForm = Literal["decoded", "raw", "opencv4", "nms"]
"""Form of a detector's output.

decoded: one output `detections`, (batch, boxes, 5 + classes) float32: cx, cy, w, h relative to the input, objectness,
    class probabilities times objectness.
raw: the input of each head, (batch, c, h, w), named after the layer that makes it.
opencv4: the outputs of OpenCV 4's Darknet importer: `yolo_82`, (boxes, 5 + classes), for each head.
nms: one output `boxes`, (n, 7), of `FINAL_COLUMNS`.

Networks without heads return their last output in every form.
"""

HEAD_FORMS: tuple[HeadForm, ...] = get_args(HeadForm)

InputType = Literal["float32", "uint8"]
"""Type of the input. float32: (batch, c, h, w), RGB, 0..1. uint8: (batch, h, w, c), BGR as OpenCV reads it, 0..255."""

INPUT_TYPES: tuple[InputType, ...] = get_args(InputType)

Precision = Literal["fp32", "fp16", "int8"]
"""What the layers of a model are computed in, or stored as."""

PRECISIONS: tuple[Precision, ...] = get_args(Precision)

Dimension = Literal["batch", "size"]
"""What a model can leave open: how many pictures it takes in a run, and their height and width."""

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

BOX_COLUMNS = 5
"""Columns of a decoded row before its classes: cx, cy, w, h, objectness."""

FINAL_COLUMNS = ("picture", "class", "confidence", "left", "top", "right", "bottom")
"""Columns of a final box: index of its picture in the batch, class, confidence, and corners relative to the input."""

PICTURE, CLASS, CONFIDENCE = 0, 1, 2
"""Indices of the first three of `FINAL_COLUMNS`."""
