"""The report: a line for each case, totals, and a Markdown page."""

from __future__ import annotations

import resource
from importlib.metadata import version

import cv2

from scripts.check.golden.cases import Row
from tests.reference import CASES
from tests.reference_wongkinyiu import CASES as THEIRS

EVERY = (*CASES, *THEIRS)
KINDS = {"op": "single layers", "net": "networks"}
ABOUT = {
    "trained": 'Darknet\'s CUDA code, as when the networks were trained (`semantics="trained"`)',
    "wongkinyiu": 'WongKinYiu\'s PyTorch programs, including boxes and NMS (`dialect="wongkinyiu"`)',
    "cpu": 'Darknet on a CPU (AlexeyAB\'s program built with AVX) (`semantics="cpu"`)',
}


def line(row: Row) -> str:
    """Return one line of the report."""
    opencv = f"{row.opencv:.1e}" if isinstance(row.opencv, float) else row.opencv
    mark = "ok  " if row.agrees else "FAIL"
    errors = f"torch {row.torch:.1e}  onnxruntime {row.onnxruntime:.1e}  opencv {opencv}"
    return f"{mark} {row.cases.family:<10} {row.name:<72} {row.worst:<22} {errors}"


def summary(rows: list[Row], seconds: float) -> str:
    """Return the totals of each kind of case, and time and memory."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    groups = [[row for row in rows if row.cases is cases] for cases in EVERY]
    return "\n".join([*(totals(group) for group in groups if group), f"{seconds / 60:.1f} minutes, {peak:.1f} GiB"])


def totals(rows: list[Row]) -> str:
    """Return how many cases of one kind agree, and the worst errors."""
    cases = rows[0].cases
    in_opencv = [row.opencv for row in rows if isinstance(row.opencv, float)]
    in_torch, in_onnxruntime = max(row.torch for row in rows), max(row.onnxruntime for row in rows)
    return (
        f"{cases.family}, {KINDS[cases.kind]}: {sum(row.agrees for row in rows)} of {len(rows)} agree within "
        f"{cases.bound:g}; worst: PyTorch {in_torch:.1e}, ONNX Runtime {in_onnxruntime:.1e}; OpenCV runs "
        f"{len(in_opencv)} of them, worst {max(in_opencv, default=0.0):.1e}"
    )


def page(rows: list[Row]) -> str:
    """Return the report as Markdown."""
    parts = [
        "# Agreement with Darknet",
        "",
        "Written by `scripts/check_golden --markdown docs/golden.md`. Every layer of every case is compared with the",
        "output of the program itself. The figure is the largest difference divided by the largest reference value.",
        "For OpenCV, the final outputs are compared; if it cannot run the model, its error message is shown instead.",
        "",
        "The cases belong to these families, which are explained in [Which Darknet?](which-darknet.md):",
        "",
        *(f"- **{family}**: {about}" for family, about in ABOUT.items()),
        "",
        f"PyTorch {version('torch').split('+')[0]}, ONNX Runtime {version('onnxruntime')}, OpenCV {cv2.__version__}.",
        "",
    ]
    groups = [[row for row in rows if row.cases is cases] for cases in EVERY]
    parts += [f"- {totals(group)}" for group in groups if group]
    for chosen in (group for group in groups if group):
        cases = chosen[0].cases
        parts += [
            "",
            f"## {cases.family}: {KINDS[cases.kind]}",
            "",
            "| case | layers | worst layer | PyTorch | ONNX Runtime | OpenCV |",
        ]
        parts += ["| --- | ---: | --- | ---: | ---: | ---: |"]
        for row in chosen:
            opencv = f"{row.opencv:.1e}" if isinstance(row.opencv, float) else row.opencv.replace("|", "/")
            parts.append(
                f"| {row.name} | {row.layers} | {row.worst} | {row.torch:.1e} | {row.onnxruntime:.1e} | {opencv} |"
            )
    return "\n".join(parts) + "\n"
