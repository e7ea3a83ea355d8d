"""Tables of lost and gained detections."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Column, Table

from scripts.check.precision.comparing import Line


def table(name: str, lines: Sequence[Line]) -> Table:
    """Return the table of one checkpoint."""
    cost = next(line.cost for line in lines if line.cost)
    columns = ("lost", "gained", "IoU", "worst", "pixels", "worst", "score", "worst", "MB")
    grid = Table(
        Column("precision"), Column("engine"), *(Column(title, justify="right") for title in columns),
        Column("verdict"), title=f"{name}: {cost.wanted} detections in {cost.pictures} pictures", title_justify="left",
    )  # fmt: skip
    for item in lines:
        grid.add_row(*cells(item))
    return grid


def cells(item: Line) -> list[str]:
    """Return a row of the table; the engine's name says how bf16 is enabled."""
    cost = item.cost
    figures = ["-"] * 8 if cost is None else [
        str(cost.lost), str(cost.gained), f"{cost.mean_iou:.3f}", f"{cost.worst_iou:.3f}", f"{cost.mean_pixels:.2f}",
        f"{cost.worst_pixels:.2f}", f"{cost.mean_score:.4f}", f"{cost.worst_score:.4f}",
    ]  # fmt: skip
    return [item.precision, item.engine, *figures, f"{item.megabytes:.1f}", item.verdict]


def summary(lines: Sequence[Line]) -> str:
    """Summarise bf16 and int8 in a line each."""
    parts = []
    for title, chosen in (
        ("openvino/bf16 of fp32 files", [x for x in lines if x.engine == "openvino/bf16" and x.precision == "fp32"]),
        ("int8", [x for x in lines if x.precision == "int8"]),
    ):
        costs = [x.cost for x in chosen if x.cost]
        if costs:
            wanted, lost, gained = (sum(getattr(cost, name) for cost in costs) for name in ("wanted", "lost", "gained"))
            unchanged = sum(x.verdict.startswith("unchanged") for x in chosen)
            parts.append(
                f"{title}: {unchanged} of {len(chosen)} unchanged; of {wanted} detections {lost} lost, {gained} gained"
            )
    return "\n".join(parts)
