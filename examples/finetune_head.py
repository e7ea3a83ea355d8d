"""Teach the default model other classes: new heads on its frozen backbone, trained on drawings made here.

    python examples/finetune_head.py --steps 100 --out out/shapes

Writes shapes.cfg, shapes.weights (Darknet's format) and shapes.onnx, and prints what the converted detector finds in a
drawing that it has not seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

import darkcsp
from darkcsp.layers.yolo import Yolo

ROOT = Path(__file__).resolve().parents[1]
CFG, WEIGHTS = ROOT / "cfgs" / "digits.cfg", ROOT / "weights" / "digits.weights"
NAMES = ("circle", "square", "triangle")


class Figure(NamedTuple):
    """What stands in a drawing: its class, centre, width and height, relative to the drawing."""

    class_id: int
    x: float
    y: float
    w: float
    h: float


def new_network(cfg: Path) -> darkcsp.Network:
    """Write a cfg for our classes; return its network with the default model's weights wherever they still fit."""
    values = 3 * (5 + len(NAMES))  # of each cell: 3 anchors with box, objectness and classes
    text = CFG.read_text().replace("classes=10", f"classes={len(NAMES)}").replace("filters=45", f"filters={values}")
    cfg.write_text(text)
    net, trained = darkcsp.load(cfg), darkcsp.load(CFG, WEIGHTS)
    own = net.state_dict()
    kept = {name: value for name, value in trained.state_dict().items() if value.shape == own[name].shape}
    net.load_state_dict(kept, strict=False)
    for name, parameter in net.named_parameters():
        parameter.requires_grad = name not in kept
    return net


def draw(rng: np.random.Generator, size: int) -> tuple[npt.NDArray[np.uint8], list[Figure]]:
    """Return a drawing, (size, size, 3) BGR, and what is in it."""
    image = rng.integers(0, 60, (size, size, 3), np.uint8) + np.uint8(rng.integers(0, 100))
    figures = []
    for place in rng.permutation(4)[: rng.integers(1, 4)]:  # one in each quarter, so that none overlap
        class_id, half = int(rng.integers(3)), int(rng.integers(size // 10, size // 5))
        x, y = (size // 2 * np.array(divmod(int(place), 2)) + rng.integers(half, size // 2 - half, 2)).tolist()
        colour = rng.integers(150, 256, 3).tolist()
        if class_id == 0:
            cv2.circle(image, (x, y), half, colour, -1)
        elif class_id == 1:
            cv2.rectangle(image, (x - half, y - half), (x + half, y + half), colour, -1)
        else:
            cv2.fillPoly(image, [np.array([(x, y - half), (x - half, y + half), (x + half, y + half)])], colour)
        figures.append(Figure(class_id, x / size, y / size, 2 * half / size, 2 * half / size))
    return image, figures


def loss_of(net: darkcsp.Network, batch: Tensor, truth: Sequence[Sequence[Figure]]) -> Tensor:
    """Return a plain YOLO loss: each head gives a figure to the cell of its centre and the anchor nearest in shape."""
    total = batch.new_zeros(())
    heads = [head for head in net.graph.heads if isinstance(head, Yolo)]
    for head, raw in zip(heads, net(batch), strict=True):
        n, _, h, w = raw.shape
        rows = raw.view(n, len(head.anchors), 5 + len(NAMES), h, w).permute(0, 1, 3, 4, 2)
        anchors = torch.tensor(head.anchors) / batch.shape[-1]
        objectness = torch.zeros(rows.shape[:-1])
        for picture, figures in enumerate(truth):
            for figure in figures:
                scale = (torch.tensor([figure.w, figure.h]) / anchors).log()
                anchor = int(scale.abs().sum(1).argmin())
                column, line = int(figure.x * w), int(figure.y * h)
                row = rows[picture, anchor, line, column]
                objectness[picture, anchor, line, column] = 1
                inside = torch.tensor([figure.x * w - column, figure.y * h - line])
                wanted = F.one_hot(torch.tensor(figure.class_id), len(NAMES)).float()
                total = total + F.binary_cross_entropy_with_logits(row[:2], inside, reduction="sum")
                total = total + F.mse_loss(row[2:4], scale[anchor], reduction="sum")
                total = total + F.binary_cross_entropy_with_logits(row[5:], wanted, reduction="sum")
        total = total + F.binary_cross_entropy_with_logits(rows[..., 4], objectness, reduction="sum")
    return total / len(batch)


def main() -> None:
    """Train, save, convert and look."""
    parser = argparse.ArgumentParser(description="Fine-tune the default model's heads for circle, square, triangle.")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--out", type=Path, default=Path("out/shapes"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    cfg, weights = options.out / "shapes.cfg", options.out / "shapes.weights"

    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    net = new_network(cfg)
    size = net.graph.input.w
    optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=0.02)
    for step in range(options.steps):
        images, truth = zip(*(draw(rng, size) for _ in range(options.batch)), strict=True)
        batch = torch.from_numpy(np.stack(images)[..., ::-1].transpose(0, 3, 1, 2) / np.float32(255))
        loss = loss_of(net, batch, truth)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if step % 20 == 0 or step == options.steps - 1:
            print(f"step {step}: loss {loss.item():.2f}")

    net.save_weights(weights)
    model = darkcsp.convert(cfg, weights, options.out / "shapes.onnx", names=NAMES)
    detector = darkcsp.Detector(model, backend="onnxruntime")
    image, figures = draw(np.random.default_rng(1), size)
    found = detector(image)
    print("drawn:", ", ".join(sorted(NAMES[figure.class_id] for figure in figures)))
    print("found:", ", ".join(sorted(found.names)) or "nothing")
    cv2.imwrite(str(options.out / "found.jpg"), found.draw(image))


if __name__ == "__main__":
    main()
