"""The targets that a model can be optimised for, with their engines: the only place that lists them.

To add a target, add a name to `Target` and a row to `TARGETS`; passes, precisions, runtimes, benchmarks and the command
line take what they need from the row. The measurements behind the choices are in docs/performance.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Target = Literal["portable", "opencv", "opencv-classic", "onnxruntime", "openvino"]
"""What a model is optimised for."""

OPSET = 13
"""The newest opset that OpenCV 4.10, OpenCV 5 and ONNX Runtime all read; Split and ReduceSum take tensors since 13."""

IR_VERSION = 8
"""IR version of the files: required by opset 13, and readable by OpenCV 4.10."""

Float16 = Literal["computed", "stored"]
"""What is float16 in a model of precision fp16: weights and computation, or only the weights in the file."""

FLOAT16: tuple[Float16, ...] = get_args(Float16)

Int8 = Literal["products", "products and pools", "everything"]
"""What is quantised in int8 models: the inputs of products, those and pools, or everything between two products."""


FOLDS = ("fold-batchnorm", "fold-shift", "fold-control")
"""Optimisations that remove work and pay off on every target."""


@dataclass(frozen=True)
class Kernels:
    """What a target's kernels are fast at, for the passes that depend on it.

    Attributes:
        merged: numbers of filters of a group of a convolution for which neighbouring groups are merged.
        merged_to: maximum number of filters in a merged group.
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
        backend, engine: what runs such a model best, and is used to measure it.
        about: short description.
        passes: names of the optimisations that pay off.
        kernels: parameters of these passes.
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
    """Return the target for a backend and one of its engines; "portable" if there is no better one."""
    of_backend: list[Target] = [
        name for name, info in TARGETS.items() if info.backend == backend and name != "portable"
    ]
    exact = (name for name in of_backend if TARGETS[name].engine == engine)
    return next(exact, of_backend[0] if of_backend else "portable")
