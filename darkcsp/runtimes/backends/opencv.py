"""OpenCV's dnn module, of OpenCV 4.10 and later and of OpenCV 5."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from darkcsp.errors import ModelError
from darkcsp.runtimes.backend import Backend, Engine, Threads

if TYPE_CHECKING:
    from darkcsp.modelfile.reading import OnnxFile
    from darkcsp.runtimes.session import Session

_SILENT = 0


def _engines() -> tuple[Engine, ...]:
    """Those of the installed OpenCV; OpenCV 4 has one, "classic"."""
    return tuple(Engine(name, own_threads=name == "ort") for name in _numbers(BACKEND.library()))


def _open_file(model: OnnxFile, engine: str, threads: Threads) -> Session:
    import numpy as np

    from darkcsp.modelfile.metadata import Metadata
    from darkcsp.runtimes.forking import in_use_before_fork
    from darkcsp.runtimes.session import Session

    cv2 = BACKEND.library()
    metadata = Metadata.from_properties(model.properties, model.path)
    if engine == "classic" and "size" in metadata.dynamic:  # OpenCV 4 crashes at times
        raise ModelError(
            model.path,
            f"takes pictures of any size, which engine 'classic' of OpenCV {cv2.__version__} cannot run; use the new "
            "engine of OpenCV 5, another backend, or 'darkcsp convert --size WxH'",
        )
    if engine == "classic" and metadata.suppression is not None:
        raise ModelError(  # what it reads all the same gives nonsense
            model.path,
            "ends in final boxes, which OpenCV's engine 'classic' cannot find; use another engine or "
            "backend, or 'darkcsp convert --head decoded'",
        )
    number = _numbers(cv2)[engine]
    try:
        with silenced(cv2):
            net = cv2.dnn.readNetFromONNX(model.file, *([] if number is None else [number]))
    except cv2.error as error:
        raise ModelError(model.path, f"OpenCV {cv2.__version__} cannot read it: {_reason(error)}") from None
    if net.empty():  # how OpenCV 5's new engine says so
        raise ModelError(model.path, f"OpenCV {cv2.__version__} cannot read it with its engine {engine!r}")
    if threads.each is not None and not in_use_before_fork(BACKEND):  # or it would wait for threads that are gone
        cv2.setNumThreads(threads.each)
    names = [item.name for item in model.outputs]

    def forward(feeds: Mapping[str, Any]) -> list[Any]:
        for name, values in feeds.items():
            net.setInput(values, name)
        # Each array is the caller's own, the binding copied it; None is an output without elements.
        return [np.asarray([] if output is None else output, np.float32) for output in net.forward(names)]

    return Session(f"{BACKEND.name}/{engine}", model, forward, at_once=BACKEND.batch)


class _Silence:
    """OpenCV's log level is the whole process's: the first of several threads sets it, the last one puts it back."""

    def __init__(self) -> None:
        self.lock, self.users, self.level = Lock(), 0, _SILENT
        if hasattr(os, "register_at_fork"):  # or a child might wait for a thread that it does not have
            os.register_at_fork(
                before=self.lock.acquire, after_in_parent=self.lock.release, after_in_child=self.lock.release
            )


_SILENCE = _Silence()


@contextlib.contextmanager
def silenced(cv2: Any) -> Iterator[None]:
    """Keep OpenCV from writing to standard error what its exception says as well."""
    log = cv2.utils.logging if hasattr(cv2.utils, "logging") else cv2  # 4.10 has them at its top
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
    """The engines by name; None stands for what OpenCV 4 has, before there were several."""
    found: dict[str, int | None] = {
        name.removeprefix("ENGINE_").lower(): getattr(cv2.dnn, name)
        for name in sorted(dir(cv2.dnn), reverse=True)
        if name.startswith("ENGINE_") and name != "ENGINE_AUTO"
    }
    if "ort" in found:
        # Without ONNX Runtime, OpenCV would take another engine silently; with it, "ort" is the least tried.
        number = found.pop("ort")
        if not re.search(r"ONNX Runtime:\s+NO\b", cv2.getBuildInformation()):
            found["ort"] = number
    return found or {"classic": None}


def _reason(error: Exception) -> str:
    """The innermost of OpenCV's messages, without file, function and error code."""
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
    colour="#0072B2",
    engines=_engines,
    open_file=_open_file,
    one_pool=True,
    survives_fork=True,
)
