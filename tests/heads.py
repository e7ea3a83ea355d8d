"""Networks of one convolution and heads of every kind."""

from __future__ import annotations

from pathlib import Path

TREE = "animal -1\nplant -1\ndog 0\ncat 0\nterrier 2\nhound 2\ntree 1\nflower 1\nrose 7\n"
"""Nine classes in four groups: two at the top, two or one below each of three of the others."""

ANCHORS = "anchors=10,13, 16,30, 33,23, 30,61, 62,45, 59,119"

HEADS = {
    "yolo": (21, f"[yolo]\nmask=0,1,2\n{ANCHORS}\nnum=6\nclasses=2\n"),
    "yolo_scaled": (14, f"[yolo]\nmask=4,1\n{ANCHORS}\nnum=6\nclasses=2\nscale_x_y=1.2\n"),
    "yolo_new_coords": (8, f"[yolo]\nmask=5\n{ANCHORS}\nnum=6\nclasses=3\nscale_x_y=2\nnew_coords=1\n"),
    "yolo_no_mask": (12, "[yolo]\nanchors=4,5, 6,7\nnum=2\nclasses=1\n"),
    "region": (24, "[region]\nanchors=1.1,1.2, 3.4,4.4, 6.6,11.4\nnum=3\nclasses=3\ncoords=4\nsoftmax=1\n"),
    "region_linear": (16, "[region]\nanchors=1.1,1.2, 3.4,4.4\nnum=2\nclasses=3\nclassfix=-1\n"),
    "region_mask": (27, "[region]\nanchors=1.1,1.2, 3.4,4.4, 1,2\nnum=3\nclasses=2\ncoords=6\n"),
    "region_background": (27, "[region]\nanchors=1,1, 3,4, 1,2\nnum=3\nclasses=3\ncoords=5\nsoftmax=1\nbackground=1\n"),
    "region_tree": (28, "[region]\nanchors=1.1,1.2, 3.4,4.4\nnum=2\nclasses=9\nsoftmax=1\ntree=data/small.tree\n"),
    "detection": (13, "[detection]\nside=3\nnum=2\nclasses=3\ncoords=4\nsqrt=1\n"),
    "detection_softmax": (19, "[detection]\nside=3\nnum=3\nclasses=4\ncoords=4\nsoftmax=1\n"),
    "gaussian": (22, f"[Gaussian_yolo]\nmask=0,3\n{ANCHORS}\nnum=6\nclasses=2\nscale_x_y=1.1\n"),
    "gaussian_left_top": (22, f"[Gaussian_yolo]\nmask=1,2\n{ANCHORS}\nnum=6\nclasses=2\nyolo_point=left_top\n"),
    "gaussian_right_bottom": (11, f"[Gaussian_yolo]\nmask=1\n{ANCHORS}\nnum=6\nclasses=2\nyolo_point=right_bottom\n"),
}
"""Channels that a head is given, and its section. YOLOv1's cells need three rows and columns."""


def head_cfg(kind: str, width: int = 40, height: int = 24) -> str:
    """A cfg whose head has width / 8 columns and height / 8 rows."""
    channels, section = HEADS[kind]
    if kind.startswith("detection"):
        width = height = 24
    return (
        f"[net]\nwidth={width}\nheight={height}\nchannels=3\n\n"
        f"[convolutional]\nfilters={channels}\nsize=8\nstride=8\nactivation=linear\n\n{section}"
    )


def write_head_cfg(kind: str, folder: Path) -> Path:
    """Write a cfg, and the tree of classes where Darknet's own folders have it."""
    (folder / "cfg").mkdir()
    (folder / "data").mkdir()
    (folder / "data" / "small.tree").write_text(TREE)
    cfg = folder / "cfg" / f"{kind}.cfg"
    cfg.write_text(head_cfg(kind))
    return cfg
