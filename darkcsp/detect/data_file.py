"""Darknet's `.data` files, which describe a network's dataset (read_data_cfg in src/option_list.c)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from darkcsp.detect.names import read_lines, read_names
from darkcsp.errors import MediaError, Notice, Place, warn
from darkcsp.limits import DEFAULT_LIMITS, Limits

_EXPECTED = "options of a .data file such as names=coco.names"


@dataclass(frozen=True)
class DataFile:
    """The contents of a `.data` file.

    Relative paths in it are looked up in the working directory, as in Darknet, then next to the file, then in the
    folder above: Darknet's `cfg/coco.data` has `names = data/coco.names`.

    Attributes:
        path: the file.
        options: all of its options; Darknet's own are classes, train, valid, names, labels, backup, results, eval, top.
    """

    path: Path
    options: Mapping[str, str]

    @property
    def names(self) -> Path:
        """The names file: `names`, or `labels`. Raises MediaError if neither is given, or the file does not exist."""
        return self._file("names" if "names" in self.options else "labels", "names=")

    @property
    def valid(self) -> Path:
        """The list of validation pictures. Raises MediaError if it is not given, or the file does not exist."""
        return self._file("valid", "valid=")

    def read_names(self, limits: Limits = DEFAULT_LIMITS) -> tuple[str, ...]:
        """Read the class names, and warn if `classes` differs from their number. Raises MediaError, LimitError."""
        names, classes = read_names(self.names, limits), self.options.get("classes")
        if classes is not None and classes != str(len(names)):
            warn([Notice(Place(str(self.path)), f"says classes={classes}, but {self.names} has {len(names)} names")])
        return names

    def pictures(self, limits: Limits = DEFAULT_LIMITS) -> tuple[str, ...]:
        """Return the paths in the list `valid`, looked up like those in the `.data` file.

        Pictures that do not exist are listed too. Raises MediaError, LimitError.
        """
        lines = read_lines(self.valid, limits, "the path of a picture in each line")
        return tuple(str(self._found(line) or os.path.join(os.curdir, line)) for line in lines if line)

    def _file(self, key: str, wanted: str) -> Path:
        value = self.options.get(key)
        if value is None:
            raise MediaError(self.path, f"has no {wanted}")
        found = self._found(value)
        if found is None:
            folders = ", ".join(f"'{folder}'" for folder in self._folders)
            raise MediaError(self.path, f"{key}={value}: no such file in {folders}")
        return Path(found)

    def _found(self, name: str) -> str | None:
        """Return the first path at which a file exists. The prefix "./" ensures that it is taken as a path."""
        places = (os.path.join(folder, name) for folder in self._folders)
        return next((place for place in places if os.path.lexists(place)), None)

    @property
    def _folders(self) -> tuple[str, ...]:
        return os.curdir, str(self.path.parent), str(self.path.parent / os.pardir)


def read_data(path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS) -> DataFile:
    """Read a `.data` file: lines of key = value; lines that begin with # or ; are comments.

    Raises:
        MediaError: it cannot be read, a line is neither of these, or an option is given twice.
        LimitError: it is larger than the limits allow.
    """
    options: dict[str, str] = {}
    for number, line in enumerate(read_lines(path, limits, _EXPECTED), 1):
        if not line or line[0] in "#;":
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        place = f"{os.fspath(path)}:{number}"
        if not equals or not key:
            raise MediaError(place, f"{line!r:.80} is not key=value; pass a list of names as --names")
        if key in options:
            raise MediaError(place, f"{key}= is given twice")
        options[key] = value
    return DataFile(Path(path), options)
