"""A folder of pictures with what was found drawn on them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from darkcsp.detect.detections import Detections
from darkcsp.errors import MediaError
from darkcsp.media.frame import Frame
from darkcsp.media.picture_files import WRITABLE, write_picture
from darkcsp.media.sink import Result


class AnnotatedPictures:
    """A Sink that writes pictures below a folder, under their relative paths.

    A second picture of the same name becomes `name-2.jpg`; one whose format cannot be written, a JPEG file. What a
    classifier says is not drawn.
    """

    def __init__(self, folder: str | os.PathLike[str], protected: Iterable[Path] = ()) -> None:
        """Make the folder; the files of `protected` are never written to. Raises MediaError where that fails."""
        self.folder = Path(folder)
        self._protected = {path.resolve() for path in protected}
        self._taken: set[str] = set()
        _make_folder(self.folder)

    def write(self, frame: Frame, result: Result) -> None:
        """See Sink. Raises MediaError rather than write over the picture itself or a protected one."""
        if not isinstance(result, Detections):
            return
        target = self._free(self.folder / frame.relative)
        if target.resolve() in {*self._protected, frame.path.resolve()}:
            raise MediaError(
                f"{target}: is a picture to look at; choose another folder than {self.folder} for the boxes"
            )
        _make_folder(target.parent)
        write_picture(target, result.draw(frame.image))

    def close(self) -> None:
        """See Sink."""

    def _free(self, wanted: Path) -> Path:
        """Return the path under which a picture is written: of a writable format, and not given out before."""
        if wanted.suffix.lower() not in WRITABLE:
            wanted = wanted.with_suffix(".jpg")
        target, number = wanted, 1
        while str(target).lower() in self._taken:  # on some file systems A and a are one
            number += 1
            target = wanted.with_stem(f"{wanted.stem}-{number}")
        self._taken.add(str(target).lower())
        return target


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(f"{folder}: cannot be made: {error.strerror}") from None
