"""The OpenCV backend: the dnn module of OpenCV 4.10 and later, and of OpenCV 5."""

from __future__ import annotations

import contextlib
import math
import os
import re
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from darkcsp.errors import ModelError
from darkcsp.runtimes.backend import CPU, Backend, Candidate, Engine, Threads

if TYPE_CHECKING:
    from darkcsp.modelfile.metadata import Metadata
    from darkcsp.modelfile.reading import OnnxFile
    from darkcsp.runtimes.session import Session

_SILENT = 0

_PREFERRED_FROM = {"new": 0.0, "classic": 188.0}
"""By rule: the intensity from which an engine is preferred.

The classic engine's convolutions are faster, and the new engine loses less time on memory. So the classic one is
faster if much is computed for each number that is moved: in the larger YOLOs, and in networks that are large
convolutions and little else. Measured by `scripts/check_rule`.
"""

_TARGETS = {"cuda": ("CUDA", "CUDA"), "opencl": ("OPENCV", "OPENCL")}
"""Device other than the CPU -> OpenCV's names for its backend and target."""


def _engines() -> tuple[Engine, ...]:
    """Return the engines of the installed OpenCV; OpenCV 4 has one, "classic"."""
    return tuple(
        Engine(name, own_threads=name == "ort", preferred_from=_PREFERRED_FROM.get(name, math.inf))
        for name in _numbers(BACKEND.library())
    )


def _devices(engine: str) -> tuple[str, ...]:
    """Return the devices that OpenCV was built for and finds here; in OpenCV 5, others than the CPU need "classic"."""
    dnn = BACKEND.library().dnn
    if engine != "classic":
        return (CPU,)
    found = ((name, _backend_and_target(dnn, name)) for name in _TARGETS)
    return (CPU, *(name for name, (backend, target) in found if target in dnn.getAvailableTargets(backend)))


def _backend_and_target(dnn: Any, device: str) -> tuple[int, int]:
    """Return OpenCV's numbers for a device."""
    backend, target = _TARGETS[device]
    return getattr(dnn, f"DNN_BACKEND_{backend}"), getattr(dnn, f"DNN_TARGET_{target}")


def _open_file(model: OnnxFile, place: Candidate, threads: Threads) -> Session:
    import numpy as np

    from darkcsp.runtimes.forking import in_use_before_fork
    from darkcsp.runtimes.session import Session

    cv2, engine = BACKEND.library(), place.engine
    number = _numbers(cv2)[engine]
    try:
        with silenced(cv2):
            net = cv2.dnn.readNetFromONNX(model.file, *([] if number is None else [number]))
    except cv2.error as error:
        raise ModelError(model.path, f"OpenCV {cv2.__version__} cannot read it: {_reason(error)}") from None
    if net.empty():  # how OpenCV 5's new engine reports failure
        raise ModelError(model.path, f"OpenCV {cv2.__version__} cannot read it with engine {engine!r}")
    if place.device != CPU:
        backend, target = _backend_and_target(cv2.dnn, place.device)
        net.setPreferableBackend(backend)
        net.setPreferableTarget(target)
    if threads.each is not None and not in_use_before_fork(
        BACKEND
    ):  # otherwise it would wait for threads that are gone
        cv2.setNumThreads(threads.each)
    names = [item.name for item in model.outputs]

    def forward(feeds: Mapping[str, Any]) -> list[Any]:
        for name, values in feeds.items():
            net.setInput(values, name)
        # The binding has copied each array for the caller; None is an output without elements.
        return [np.asarray([] if output is None else output, np.float32) for output in net.forward(names)]

    return Session(str(place), model, forward, at_once=BACKEND.batch)


def _unfit(metadata: Metadata, engine: str) -> str | None:
    """What scripts/check_combinations found, with OpenCV 5.0 and 4.14."""
    if engine == "new" and metadata.precision == "int8":
        # Boxes from nowhere, on some pictures, of networks with depthwise convolutions (yolo-fastest-1.1-xl); other
        # networks run right, and nothing tells them apart. Files for OpenVINO fail in its int8 pool.
        return "OpenCV's engine 'new' gives wrong results for int8 models"
    if engine == "classic" and "size" in metadata.dynamic:  # OpenCV 4 crashes at times
        return "OpenCV's engine 'classic' cannot run models that take pictures of any size (--size dynamic)"
    if engine == "classic" and metadata.suppression is not None:
        return "OpenCV's engine 'classic' cannot run models that end in final boxes (--head nms)"  # signal 11
    if engine == "classic" and metadata.float16 == "computed" and _numbers(BACKEND.library())["classic"] is not None:
        return "OpenCV 5's engine 'classic' cannot calculate in float16"  # OpenCV 4 turns it into float32
    return None


class _Silence:
    """OpenCV's log level, which is global: the first of several threads sets it, the last one restores it."""

    def __init__(self) -> None:
        self.lock, self.users, self.level = Lock(), 0, _SILENT
        if hasattr(os, "register_at_fork"):  # otherwise a child might wait for a thread that it does not have
            os.register_at_fork(
                before=self.lock.acquire, after_in_parent=self.lock.release, after_in_child=self.lock.release
            )


_SILENCE = _Silence()


@contextlib.contextmanager
def silenced(cv2: Any) -> Iterator[None]:
    """Keep OpenCV from repeating the message of its exception on standard error."""
    log = cv2.utils.logging if hasattr(cv2.utils, "logging") else cv2  # 4.10 has them at top level
    with _SILENCE.lock:
        if not _SILENCE.users:
            _SILENCE.level = log.getLogLevel()
            log.setLogLevel(_SILENT)
        _SILENCE.users += 1
    try:
        yield
    finally:
        with _SILENCE.lock:
            _SILENCE.users -= 1
            if not _SILENCE.users:
                log.setLogLevel(_SILENCE.level)


def _numbers(cv2: Any) -> dict[str, int | None]:
    """Return the engines' numbers by name; None stands for OpenCV 4's only engine."""
    found: dict[str, int | None] = {
        name.removeprefix("ENGINE_").lower(): getattr(cv2.dnn, name)
        for name in sorted(dir(cv2.dnn), reverse=True)
        if name.startswith("ENGINE_") and name != "ENGINE_AUTO"
    }
    if "ort" in found:
        # Without ONNX Runtime, OpenCV silently uses another engine; with it, "ort" is the least tested.
        number = found.pop("ort")
        if not re.search(r"ONNX Runtime:\s+NO\b", cv2.getBuildInformation()):
            found["ort"] = number
    return found or {"classic": None}


def _reason(error: Exception) -> str:
    """Return the innermost of OpenCV's messages, without file, function and error code."""
    text = " ".join(line.strip("> ") for line in str(error).splitlines())
    innermost = [part for part in re.split(r"OpenCV\([^)]*\)\s*\S*\s*error:\s*\([^)]*\)", text) if part.strip()]
    return re.sub(r"\s*in function '[^']*'\s*", " ", innermost[-1] if innermost else text).strip()


BACKEND = Backend(
    name="opencv",
    title="OpenCV",
    about="OpenCV DNN with engines new and classic",
    module="cv2",
    distributions=(
        "opencv-python",
        "opencv-python-headless",
        "opencv-contrib-python",
        "opencv-contrib-python-headless",
    ),
    package="opencv-python",
    rank=2,
    speed=2,
    colour="#0072B2",
    engines=_engines,
    open_file=_open_file,
    one_pool=True,
    survives_fork=True,
    unfit=_unfit,
    devices=_devices,
)
