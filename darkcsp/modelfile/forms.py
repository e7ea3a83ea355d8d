"""The forms that a model's input, output and numbers can have."""

from __future__ import annotations

from typing import Literal, get_args

HeadForm = Literal["decoded", "raw", "opencv4", "nms"]
"""What a detector's output is.

decoded: one output `detections`, (batch, boxes, 5 + classes) float32: cx, cy, w, h relative to the input, objectness,
    class probabilities times objectness.
raw: what each head is given, (batch, c, h, w), named by the layer that makes it.
opencv4: what OpenCV 4's Darknet importer gave: an output `yolo_82`, (boxes, 5 + classes), for each head.
nms: one output `boxes`, (n, 7), of `FINAL_COLUMNS`.

Networks without heads give their last output in every form.
"""

HEAD_FORMS: tuple[HeadForm, ...] = get_args(HeadForm)

InputType = Literal["float32", "uint8"]
"""What `images` is. float32: (batch, c, h, w), RGB, 0..1. uint8: (batch, h, w, c), BGR as OpenCV reads it, 0..255."""

INPUT_TYPES: tuple[InputType, ...] = get_args(InputType)

Precision = Literal["fp32", "fp16", "int8"]
"""What the layers of a model are calculated in, or stored as."""

PRECISIONS: tuple[Precision, ...] = get_args(Precision)

Dimension = Literal["batch", "size"]
"""What a model can leave open: how many pictures it takes in a run, and their height and width."""

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

BOX_COLUMNS = 5
"""Columns of a decoded row in front of its classes: cx, cy, w, h, objectness."""

FINAL_COLUMNS = ("picture", "class", "confidence", "left", "top", "right", "bottom")
"""Columns of a final box: its picture's place in the batch, its class, and corners relative to the input."""

PICTURE, CLASS, CONFIDENCE = 0, 1, 2
"""Places of the first three in `FINAL_COLUMNS`."""
