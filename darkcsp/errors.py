"""All errors and warnings of darkcsp, and the places they point at.

    DarkcspError
    ├── ArgumentError            a function was called with a value that it cannot use
    ├── CfgError                 a .cfg file, at a line and section
    │   ├── CfgSyntaxError       the text is not a cfg
    │   ├── OptionError          an option has an invalid value
    │   └── GraphError           layers do not fit together
    ├── FileError                a file other than a cfg
    │   ├── WeightsError         a .weights file
    │   │   ├── WeightsHeaderError   it does not start with Darknet's header
    │   │   └── WeightsSizeError     it is longer or shorter than the cfg requires
    │   ├── ModelError           a model file cannot be used
    │   └── MediaError           an image, video or list of names cannot be read or written
    ├── UnsupportedLayerError    a backend cannot express a layer
    ├── LimitError               a cfg, or a file that comes with it, asks for more than `Limits` allows
    ├── UnknownModelError        there is no model, backbone, head or table with this name
    └── MissingBackendError      a library is not installed; the message has the command that installs it

    CfgWarning (UserWarning)     Darknet accepts the file, but it probably does not do what its author meant
    DetectionWarning (UserWarning)   a picture has more detections than are returned, or compared with one another

Messages start with the place, and say what was found, what was expected and how to fix it. `str(error)` is a single
line that is safe to print, whatever the offending file contains: see `darkcsp.text`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from darkcsp.text import printable, shown


@dataclass(frozen=True)
class Place:
    """A position in a cfg: `path:line: [section]`. Line 0 means the file as a whole."""

    path: str
    line: int = 0
    section: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}:" if self.line else f"{self.path}:"
        return f"{where} [{shown(self.section)}]" if self.section else where


@dataclass(frozen=True)
class Notice:
    """Something that Darknet silently accepts, but that is probably a mistake."""

    place: Place
    message: str

    def __str__(self) -> str:
        return printable(f"{self.place} {self.message}")


class DarkcspError(Exception):
    """Base class of all errors that darkcsp raises on purpose."""

    def __str__(self) -> str:
        return printable(super().__str__())


class ArgumentError(DarkcspError, ValueError):
    """A function was called with a value that it cannot use.

    Attributes:
        argument: the argument's name.
        value: the value it was given.
        expected: a description of valid values.
    """

    def __init__(self, argument: str, value: object, expected: str, message: str = "") -> None:
        super().__init__(message or f"{argument}={value!r}: expected {expected}")
        self.argument, self.value, self.expected = argument, value, expected


class CfgError(DarkcspError):
    """A cfg cannot be used; `place` points at the problem."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{place} {message}")
        self.place, self.message = place, message


class CfgSyntaxError(CfgError):
    """The text cannot be read as a cfg."""


class OptionError(CfgError):
    """An option has an invalid value."""


class GraphError(CfgError):
    """Layers do not fit together."""


class FileError(DarkcspError):
    """A file cannot be used.

    Attributes:
        path: the file, or "" if its name is not known.
        message: what is wrong with it.
    """

    def __init__(self, path: str | os.PathLike[str], message: str) -> None:
        self.path, self.message = os.fspath(path), message
        super().__init__(f"{self.path}: {message}" if self.path else message)


class WeightsError(FileError):
    """A `.weights` file cannot be used with this cfg."""


class WeightsHeaderError(WeightsError):
    """The file does not start with Darknet's header."""


class WeightsSizeError(WeightsError):
    """The file holds fewer or more bytes than the cfg's layers need.

    Attributes:
        expected: number of bytes that the cfg needs, header included.
        found: number of bytes in the file.
        layer: the layer in which a short file ends; None if the file is too long.
    """

    def __init__(
        self, path: str | os.PathLike[str], message: str, expected: int, found: int, layer: int | None = None
    ) -> None:
        super().__init__(path, message)
        self.expected, self.found, self.layer = expected, found, layer


class UnsupportedLayerError(DarkcspError):
    """A backend cannot express a layer."""

    def __init__(self, place: Place, backend: str, reason: str) -> None:
        super().__init__(f"{place} cannot be expressed in {backend}: {reason}")
        self.place, self.backend, self.reason = place, backend, reason


class ModelError(FileError):
    """A model file is missing, damaged or made for something else."""


class LimitError(DarkcspError):
    """A cfg, or a file that comes with it, asks for more than `Limits` allows.

    Attributes:
        place: the place that asks for too much.
        limit: the name of the limit, a field of `Limits`.
        found: the number that was found.
        most: the largest number allowed.
    """

    def __init__(self, place: Place, subject: str, limit: str, counted: str, found: int, most: int) -> None:
        asked = f"{subject} {found:,} {counted}".strip()
        super().__init__(
            f"{place} {asked}; at most {most:,} are allowed. Raise the limit with Limits({limit}=...) or --no-limits"
        )
        self.place, self.limit, self.found, self.most = place, limit, found, most


class UnknownModelError(DarkcspError):
    """There is no model, backbone, head or table with this name.

    Attributes:
        near: existing names that look like it.
    """

    def __init__(self, name: str, near: list[str], kind: str = "model", known: Iterable[str] = ()) -> None:
        choices = ", ".join(known)
        hint = f"choose from {choices}" if choices else "`darkcsp zoo` lists them"
        if near:
            hint = f"did you mean {' or '.join(near)}?"
        super().__init__(f"{name}: there is no such {kind}; {hint}")
        self.near = near


class MediaError(FileError):
    """An image, video or names file cannot be read or written."""


class MissingBackendError(DarkcspError):
    """A library that a backend, or what else is named as `user`, needs is not installed."""

    def __init__(self, backend: str, package: str, user: str = "") -> None:
        super().__init__(f"{user or f'the {backend} backend'} needs {package}: pip install {package}")
        self.backend, self.package = backend, package


class CfgWarning(UserWarning):
    """A cfg is accepted, but part of it is probably a mistake."""


class DetectionWarning(UserWarning):
    """A picture has more detections than are returned, or more candidates than are compared with one another."""


def warn(notices: Iterable[Notice]) -> None:
    """Emit notices as Python warnings of category CfgWarning."""
    for notice in notices:
        warnings.warn(str(notice), CfgWarning, stacklevel=3)


def first_line(error: BaseException) -> str:
    """Return the first non-empty line of an error's message, or the name of the error's type if there is none."""
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line), type(error).__name__)
