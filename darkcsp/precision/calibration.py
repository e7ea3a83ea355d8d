"""The pictures by which a model is calibrated and compared."""

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
    """Pictures that can be read, read anew in every pass: hundreds of photographs need not stand in memory at once.

    Attributes:
        files: their paths, in order.
        unreadable: what is wrong with each of the others, in one line.
        most_pixels: how many one may have; None for any number.
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
    """Find the pictures of files, folders (with all below them) and patterns; videos are left out.

    Args:
        arguments: files, folders, patterns such as `photos/*.jpg`.
        most: take no more than this many, spread evenly over all that are found; None takes all.
        most_pixels: how many a picture may have; larger ones are unreadable. None for any number.

    Raises:
        MediaError: an argument does not exist or gives nothing, or none of the pictures can be read.
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
        raise MediaError(named, f"has no picture that can be read, expected pictures to calibrate with{reason}")
    return Calibration(tuple(files), tuple(unreadable), most_pixels)
