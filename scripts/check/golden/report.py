"""The report: a line for each case, totals, and a page."""

from __future__ import annotations

import resource
from importlib.metadata import version

import cv2

from scripts.check.golden.cases import Row


def line(row: Row) -> str:
    """One line of the report."""
    opencv = f"{row.opencv:.1e}" if isinstance(row.opencv, float) else row.opencv
    mark = "ok  " if row.agrees else "FAIL"
    errors = f"torch {row.torch:.1e}  onnxruntime {row.onnxruntime:.1e}  opencv {opencv}"
    return f"{mark} {row.name:<72} {row.worst:<22} {errors}"


def summary(rows: list[Row], seconds: float) -> str:
    """Totals, time and memory."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    in_opencv = [row.opencv for row in rows if isinstance(row.opencv, float)]
    in_torch, in_onnxruntime = max(row.torch for row in rows), max(row.onnxruntime for row in rows)
    return (
        f"{sum(row.agrees for row in rows)} of {len(rows)} cases agree; worst: torch {in_torch:.1e}, "
        f"onnxruntime {in_onnxruntime:.1e}; OpenCV runs {len(in_opencv)} of them, worst "
        f"{max(in_opencv, default=0.0):.1e}; {seconds / 60:.1f} minutes, {peak:.1f} GiB"
    )


def page(rows: list[Row]) -> str:
    """The report as Markdown."""
    parts = [
        "# Agreement with Darknet",
        "",
        "Written by `scripts/check_golden --markdown docs/golden.md`. "
        "Every layer of every case is compared with what the",
        "Darknet program itself leaves there: the largest difference divided by the largest reference value. In OpenCV",
        "the final outputs are compared; where it cannot run the model, its own words stand instead of a figure.",
        "",
        f"PyTorch {version('torch').split('+')[0]}, ONNX Runtime {version('onnxruntime')}, OpenCV {cv2.__version__}.",
    ]
    for kind, title in (("net", "Networks"), ("op", "Single layers")):
        chosen = [row for row in rows if row.kind == kind]
        if not chosen:
            continue
        parts += ["", f"## {title}", "", "| case | layers | worst layer | PyTorch | ONNX Runtime | OpenCV |"]
        parts += ["| --- | ---: | --- | ---: | ---: | ---: |"]
        for row in chosen:
            opencv = f"{row.opencv:.1e}" if isinstance(row.opencv, float) else row.opencv.replace("|", "/")
            parts.append(
                f"| {row.name} | {row.layers} | {row.worst} | {row.torch:.1e} | {row.onnxruntime:.1e} | {opencv} |"
            )
    return "\n".join(parts) + "\n"
