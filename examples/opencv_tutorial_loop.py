"""The loop of the classic OpenCV tutorial, over a file that darkcsp converted; it needs OpenCV and NumPy only.

    darkcsp convert cfgs/digits.cfg weights/digits.weights -o digits.onnx
    python examples/opencv_tutorial_loop.py digits.onnx examples/scene_1.jpg --size 192

Its boxes differ a little from those of `darkcsp run`; docs/onnx-contract.md says why, and by how much.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

THRESHOLD, NMS = 0.25, 0.45


def main() -> None:
    """Print what is in a picture, and write the picture with boxes on it."""
    parser = argparse.ArgumentParser(description="Find things in a picture with cv2.dnn.")
    parser.add_argument("model", help="an ONNX file of `darkcsp convert`")
    parser.add_argument("picture")
    parser.add_argument("--size", type=int, default=416, help="width and height of the network's input")
    parser.add_argument("--names", type=Path, help="class names, one per line")
    parser.add_argument("--output", default="tutorial.jpg")
    options = parser.parse_args()
    names = options.names.read_text().splitlines() if options.names else []

    net = cv2.dnn.readNetFromONNX(options.model)
    image = cv2.imread(options.picture)
    if image is None:
        parser.error(f"{options.picture}: is no picture that OpenCV can read")
    height, width = image.shape[:2]
    blob = cv2.dnn.blobFromImage(image, 1 / 255, (options.size, options.size), swapRB=True, crop=False)
    net.setInput(blob)
    outputs = net.forward(net.getUnconnectedOutLayersNames())

    boxes, confidences, class_ids = [], [], []
    for output in outputs:
        for row in output.reshape(-1, output.shape[-1]):
            scores = row[5:]
            class_id = int(np.argmax(scores))
            confidence = float(scores[class_id])
            if confidence > THRESHOLD:
                w, h = row[2] * width, row[3] * height
                left, top = row[0] * width - w / 2, row[1] * height - h / 2
                boxes.append([int(left), int(top), int(w), int(h)])
                confidences.append(confidence)
                class_ids.append(class_id)

    for index in cv2.dnn.NMSBoxes(boxes, confidences, THRESHOLD, NMS):
        left, top, w, h = boxes[index]
        name = names[class_ids[index]] if names else str(class_ids[index])
        print(f"{name}: {confidences[index]:.2f} at {left}, {top}, {w} x {h}")
        cv2.rectangle(image, (left, top), (left + w, top + h), (0, 255, 0), 2)
        cv2.putText(image, name, (left, top - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 255, 0), 1)
    cv2.imwrite(options.output, image)


if __name__ == "__main__":
    main()
