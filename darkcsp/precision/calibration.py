"""The pictures used to calibrate and compare a model."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from darkcsp.detect.preprocess import Picture
from darkcsp.errors import MediaError
from darkcsp.media.paths import VIDEOS, find_pictures
from darkcsp.media.picture_files import MOST_PIXELS, read_picture
from darkcsp.progress import counted


@dataclass(frozen=True)
class Calibration:
    """Readable pictures, read again on every pass so that hundreds of photographs are not in memory at once.

    Attributes:
        files: their paths, in order.
        unreadable: for each unreadable picture, one line that says why.
        most_pixels: maximum number of pixels of a picture; None for no limit.
    """

    files: tuple[str, ...]
    unreadable: tuple[str, ...] = ()
    most_pixels: int | None = MOST_PIXELS

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[Picture]:
        return (read_picture(path, self.most_pixels) for path in self.files)


def open_calibration(
    arguments: Sequence[str | os.PathLike[str]], most: int | None = None, most_pixels: int | None = MOST_PIXELS
) -> Calibration:
    """Find pictures from files, folders (recursively) and glob patterns; videos are ignored.

    Args:
        arguments: files, folders, and glob patterns such as `photos/*.jpg`.
        most: maximum number of pictures, spread evenly over all that are found; None for all.
        most_pixels: maximum number of pixels of a picture; larger ones count as unreadable. None for no limit.

    Raises:
        MediaError: an argument does not exist or matches nothing, or no picture can be read.
    """
    paths = [os.fspath(item.path) for item in find_pictures(arguments) if item.path.suffix.lower() not in VIDEOS]
    if most is not None and len(paths) > most:
        paths = [paths[number * len(paths) // most] for number in range(most)]
    files, unreadable = [], []
    for path in counted(paths, "reading picture"):
        try:
            read_picture(path, most_pixels)
        except MediaError as error:
            unreadable.append(str(error))
        else:
            files.append(path)
    if not files:
        named = ", ".join(os.fspath(argument) for argument in arguments) or "calibration"
        reason = f"; {unreadable[0]}" if unreadable else ""
        raise MediaError(named, f"has no readable picture, expected pictures to calibrate with{reason}")
    return Calibration(tuple(files), tuple(unreadable), most_pixels)
