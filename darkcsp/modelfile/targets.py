"""The targets that a model can be written for, and the engine that each is for: the one place that lists them.

A new target is a name in `Target` and a row in `TARGETS`; passes, precisions, runtimes, benchmarks and the command line
take what they need from the row. Figures behind the choices are in docs/performance.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Target = Literal["portable", "opencv", "opencv-classic", "onnxruntime", "openvino"]
"""What a model is written for."""

OPSET = 13
"""The newest that OpenCV 4.10, OpenCV 5 and ONNX Runtime all read; Split and ReduceSum take tensors from here on."""

IR_VERSION = 8
"""Of the files: what opset 13 needs, and OpenCV 4.10 reads."""

Float16 = Literal["computed", "stored"]
"""What is float16 in a model of precision fp16: weights and computation, or only the weights in the file."""

Int8 = Literal["products", "products and pools", "everything"]
"""What is quantised in a model of precision int8: the inputs of products, pools too, or all between two products."""


FOLDS = ("fold-batchnorm", "fold-shift", "fold-control")
"""Optimisations that leave less to do and pay on every target."""


@dataclass(frozen=True)
class Kernels:
    """What a target's kernels are fast at, for the passes that depend on it.

    Attributes:
        merged: numbers of filters of a group of a convolution for which neighbouring groups are merged.
        merged_to: filters that a merged group has at most when merging stops.
        merged_square: whether only groups with as many channels as filters are merged.
        strided: numbers of input channels for which a convolution with strides is faster than a product of matrices.
    """

    merged: range = range(1, 8)
    merged_to: int = 8
    merged_square: bool = False
    strided: range = range(0)


@dataclass(frozen=True)
class TargetInfo:
    """A target.

    Attributes:
        backend, engine: what runs such a model best, and is measured with it.
        about: what it is, in a few words.
        passes: names of the optimisations that pay.
        kernels: what these need to know.
        float16: what precision fp16 means.
        int8: what precision int8 quantises.
        takes_any_size: whether a model can leave the pictures' height and width open.
    """

    backend: str
    engine: str
    about: str
    passes: tuple[str, ...]
    kernels: Kernels = Kernels()
    float16: Float16 = "stored"
    int8: Int8 = "everything"
    takes_any_size: bool = True


TARGETS: dict[Target, TargetInfo] = {
    "portable": TargetInfo("onnxruntime", "default", "any engine", (*FOLDS, "fold-picture")),
    "opencv": TargetInfo(
        "opencv",
        "new",
        "OpenCV 5's new engine, and OpenCV 4",
        (*FOLDS, "fold-picture", "merge-groups", "strided-matmul"),
        Kernels(strided=range(8, 64)),
        int8="products and pools",
    ),
    "opencv-classic": TargetInfo(
        "opencv",
        "classic",
        "OpenCV 5's classic engine",
        (*FOLDS, "fold-picture", "merge-groups", "pointwise-matmul", "strided-matmul"),
        Kernels(merged=range(1, 4), strided=range(48)),
        int8="products and pools",
        takes_any_size=False,
    ),
    "onnxruntime": TargetInfo(
        "onnxruntime",
        "default",
        "ONNX Runtime",
        (*FOLDS, "mish-by-exponential", "merge-groups"),
        Kernels(merged=range(8, 9), merged_to=16, merged_square=True),
        float16="computed",
    ),
    "openvino": TargetInfo(
        "openvino", "f32", "OpenVINO", (*FOLDS, "merge-groups"), float16="computed", int8="products"
    ),
}
"""Name -> target."""


def target_for(backend: str, engine: str = "auto") -> Target:
    """Return what a model for a backend and one of its engines is written for; "portable" where nothing fits better."""
    of_backend: list[Target] = [
        name for name, info in TARGETS.items() if info.backend == backend and name != "portable"
    ]
    exact = (name for name in of_backend if TARGETS[name].engine == engine)
    return next(exact, of_backend[0] if of_backend else "portable")
