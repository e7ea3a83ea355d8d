"""Every error and warning that darkcsp gives, and the places they point at.

    DarkcspError
    ├── ArgumentError            a function was called with a value that it cannot use
    ├── CfgError                 a .cfg file, at a line and section
    │   ├── CfgSyntaxError       the text is not a cfg
    │   ├── OptionError          an option has an impossible value
    │   └── GraphError           layers do not fit together
    ├── FileError                a file other than a cfg
    │   ├── WeightsError         a .weights file
    │   │   ├── WeightsHeaderError   its first bytes are not Darknet's header
    │   │   └── WeightsSizeError     it is longer or shorter than the cfg asks for
    │   ├── ModelError           a model file cannot be used
    │   └── MediaError           a picture, video or list of names cannot be read or written
    ├── UnsupportedLayerError    a backend has no way to express a layer
    ├── LimitError               a cfg, or a file beside it, asks for more than `Limits` allow
    ├── UnknownModelError        there is no model, backbone, head or table of a name
    └── MissingBackendError      a library that is not installed, with the line that installs it

    CfgWarning (UserWarning)     Darknet accepts the file, but hardly means what it does
    DetectionWarning (UserWarning)   a picture has more detections than are returned, or compared with one another

Messages begin with the place, and say what was found, what was expected and what would be right. As text they are one
line that is fit to be printed, whatever stands in the files that they speak of: see `darkcsp.text`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

from darkcsp.text import printable, shown


@dataclass(frozen=True)
class Place:
    """Where in a cfg something stands: `path:line: [section]`. Line 0 means the file as a whole."""

    path: str
    line: int = 0
    section: str = ""

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}:" if self.line else f"{self.path}:"
        return f"{where} [{shown(self.section)}]" if self.section else where


@dataclass(frozen=True)
class Notice:
    """Something Darknet accepts silently that its author can hardly have meant."""

    place: Place
    message: str

    def __str__(self) -> str:
        return printable(f"{self.place} {self.message}")


class DarkcspError(Exception):
    """Base of everything that darkcsp raises on purpose."""

    def __str__(self) -> str:
        return printable(super().__str__())


class ArgumentError(DarkcspError, ValueError):
    """A function was called with a value that it cannot use.

    Attributes:
        argument: its name.
        value: what was given.
        expected: what would be right.
    """

    def __init__(self, argument: str, value: object, expected: str, message: str = "") -> None:
        super().__init__(message or f"{argument}={value!r}: expected {expected}")
        self.argument, self.value, self.expected = argument, value, expected


class CfgError(DarkcspError):
    """A cfg cannot be used; `place` is where."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{place} {message}")
        self.place, self.message = place, message


class CfgSyntaxError(CfgError):
    """The text cannot be read as a cfg."""


class OptionError(CfgError):
    """An option has a value that no network can have."""


class GraphError(CfgError):
    """Layers do not fit together."""


class FileError(DarkcspError):
    """A file cannot be used.

    Attributes:
        path: the file, "" where it is not known by name.
        message: what is wrong with it.
    """

    def __init__(self, path: str | os.PathLike[str], message: str) -> None:
        self.path, self.message = os.fspath(path), message
        super().__init__(f"{self.path}: {message}" if self.path else message)


class WeightsError(FileError):
    """A `.weights` file cannot be used with this cfg."""


class WeightsHeaderError(WeightsError):
    """The file does not begin with Darknet's header."""


class WeightsSizeError(WeightsError):
    """The file holds fewer or more bytes than the cfg's layers need.

    Attributes:
        expected: bytes that the cfg needs, header included.
        found: bytes of the file.
        layer: the layer within which a short file ends; None for a file that is too long.
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
    """A model file is missing, broken or made for something else."""


class LimitError(DarkcspError):
    """A cfg, or a file beside it, asks for more than `Limits` allow.

    Attributes:
        place: where.
        limit: the name of the limit, a field of `Limits`.
        found: what was asked for.
        most: what is allowed.
    """

    def __init__(self, place: Place, subject: str, limit: str, counted: str, found: int, most: int) -> None:
        asked = f"{subject} {found:,} {counted}".strip()
        super().__init__(
            f"{place} {asked}; at most {most:,} are allowed: Limits({limit}=...) or --no-limits lifts that"
        )
        self.place, self.limit, self.found, self.most = place, limit, found, most


class UnknownModelError(DarkcspError):
    """There is no model, backbone, head or table of this name; `near` are those that look like it, `known` are all."""

    def __init__(self, name: str, near: list[str], kind: str = "model", known: Iterable[str] = ()) -> None:
        choices = ", ".join(known)
        hint = f"choose from {choices}" if choices else "`darkcsp zoo` lists them"
        if near:
            hint = f"did you mean {' or '.join(near)}?"
        super().__init__(f"{name}: there is no such {kind}; {hint}")
        self.near = near


class MediaError(FileError):
    """A picture, video or names file cannot be read or written."""


class MissingBackendError(DarkcspError):
    """A library that a backend, or what else is named as `user`, needs is not installed."""

    def __init__(self, backend: str, package: str, user: str = "") -> None:
        super().__init__(f"{user or f'the {backend} backend'} needs {package}: pip install {package}")
        self.backend, self.package = backend, package


class CfgWarning(UserWarning):
    """What a cfg says is accepted, but probably not meant."""


class DetectionWarning(UserWarning):
    """A picture has more detections than are returned, or more candidates than are compared with one another."""


def warn(notices: Iterable[Notice]) -> None:
    """Pass notices on as Python warnings of category CfgWarning."""
    for notice in notices:
        warnings.warn(str(notice), CfgWarning, stacklevel=3)


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message that says something, or the error's type where none does."""
    lines = (line.strip() for line in str(error).splitlines())
    return next((line for line in lines if line), type(error).__name__)
