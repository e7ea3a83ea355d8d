"""Reads inputs, outputs and properties of an ONNX file, without its tensors and without the onnx package.

Large tensors are skipped, so the cost does not depend on the file's size.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from darkcsp.errors import ModelError
from darkcsp.modelfile.bounds import MOST_BYTES
from darkcsp.modelfile.frame import FLOAT, UINT8, ImpossibleModelError, Value, read_frame
from darkcsp.modelfile.protobuf import BrokenMessageError

__all__ = ["FLOAT", "UINT8", "OnnxFile", "Value", "parse_onnx_file", "read_onnx_file"]


@dataclass(frozen=True)
class OnnxFile:
    """An ONNX model: its file, inputs, outputs and metadata.

    Attributes:
        path: its name in messages.
        inputs: its inputs, without initializers.
        outputs: its outputs.
        properties: its metadata.
        file: the file that engines read, "" if the model is only in memory.
        frame_sha256: hash of everything but the values of its large tensors; "" if it was not read from a file.
        is_sealed: whether that is as darkcsp wrote it, see `frame`.
    """

    path: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    properties: Mapping[str, str]
    file: str = ""
    frame_sha256: str = field(default="", compare=False)
    is_sealed: bool = field(default=True, compare=False)


def read_onnx_file(path: str | os.PathLike[str]) -> OnnxFile:
    """Read the frame of an ONNX file.

    Raises ModelError if it is missing, empty, truncated, not an ONNX model, not a regular file, or has impossible
    contents.
    """
    name = os.fspath(path)
    try:
        with open(path, "rb", buffering=0, opener=_open_at_once) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ModelError(name, "is not a regular file, expected an ONNX model")
            return _parse(file, status.st_size, name, name)
    except OSError as error:
        raise ModelError(name, f"cannot be read: {error.strerror}") from None
    except ValueError as error:  # an impossible file name
        raise ModelError(name, f"cannot be read: {error}") from None


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting for a writer if the file is a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def parse_onnx_file(data: bytes, name: str) -> OnnxFile:
    """Read the frame of a model in memory; `name` is used in messages."""
    return _parse(io.BytesIO(data), len(data), name, "")


def _parse(source: BinaryIO, size: int, path: str, file: str) -> OnnxFile:
    if size == 0:
        raise ModelError(path, "is empty, expected an ONNX model")
    if size > MOST_BYTES:
        raise ModelError(path, f"has {size} bytes; ONNX files hold at most {MOST_BYTES}")
    try:
        frame = read_frame(source, size)
    except BrokenMessageError as error:
        raise ModelError(path, f"is not an ONNX model, or is truncated: {error}{_hint(path)}") from None
    except ImpossibleModelError as error:
        raise ModelError(path, str(error)) from None
    if not frame.nodes or not frame.outputs:
        raise ModelError(path, f"is not an ONNX model: it has no nodes or no outputs{_hint(path)}")
    return OnnxFile(
        path, tuple(frame.inputs), tuple(frame.outputs), frame.properties, file, frame.sha256, frame.is_sealed
    )


def _hint(path: str) -> str:
    if path.lower().endswith((".cfg", ".weights")):
        return "; pass Darknet files as cfg and weights, not as the model"
    return ""
