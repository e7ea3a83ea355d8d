"""Draws README's front picture: what a published checkpoint finds in a photograph, and digits that darkcsp's own reads.

    scripts/make_front_picture PHOTO [--cfg X.cfg --weights X.weights --names X.names] [--out docs/found.jpg]

The photograph in the repository's picture is `skimage/data/coffee.png` of scikit-image, which its photographer, Rachel
Michetti, released under CC0. The checkpoint is Yolo-Fastest 1.1 XL by default, from ../shared/upstream.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from darkcsp.detect import Detector
from darkcsp.detect.preprocess import Picture
from darkcsp.files import write_whole
from darkcsp.media.picture_files import read_picture
from scripts.arguments import parser
from scripts.places import ROOT, UPSTREAM

CHECKPOINT = UPSTREAM / "dog-qiuqiu/Yolo-Fastest/ModelZoo/yolo-fastest-1.1_coco/yolo-fastest-1.1-xl"
HEIGHT = 480
GAP = 8


def main() -> None:
    """Write the picture."""
    arguments = parser("make_front_picture", __doc__)
    arguments.add_argument("photo", type=Path)
    arguments.add_argument("--cfg", type=Path, default=CHECKPOINT.with_name(f"{CHECKPOINT.name}.cfg"))
    arguments.add_argument("--weights", type=Path, default=CHECKPOINT.with_name(f"{CHECKPOINT.name}.weights"))
    arguments.add_argument("--names", type=Path, default=UPSTREAM / "coco.names")
    arguments.add_argument("--scene", type=Path, default=ROOT / "examples" / "scene_1.jpg", help="Digits to read.")
    arguments.add_argument("--out", type=Path, default=ROOT / "docs" / "found.jpg")
    options = arguments.parse_args()
    published = Detector(cfg=options.cfg, weights=options.weights, names=options.names, backend="onnxruntime")
    parts = [found_in(options.photo, published), found_in(options.scene, Detector(backend="onnxruntime"))]
    _, data = cv2.imencode(".jpg", side_by_side(parts), [cv2.IMWRITE_JPEG_QUALITY, 88])
    with write_whole(options.out) as file:
        file.write(data.tobytes())


def found_in(path: Path, detector: Detector) -> Picture:
    """Return a picture, `HEIGHT` pixels high, with what a detector finds in it; say that in a line."""
    picture = read_picture(path)
    width = round(picture.shape[1] * HEIGHT / picture.shape[0])
    picture = cv2.resize(picture, (width, HEIGHT), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    found = detector(picture)
    print(f"{path.name}: {found}")
    return found.draw(picture)


def side_by_side(pictures: list[Picture]) -> Picture:
    """Return pictures of one height as one, with white between them."""
    gap = np.full((HEIGHT, GAP, 3), 255, np.uint8)
    first, *others = pictures
    return np.hstack([first, *(part for picture in others for part in (gap, picture))])


if __name__ == "__main__":
    main()
