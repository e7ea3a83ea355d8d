"""Turns the user's arguments into one source."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from darkcsp.media.camera import Camera
from darkcsp.media.found import Found
from darkcsp.media.frame import Frame, Unreadable
from darkcsp.media.paths import VIDEOS, find_pictures
from darkcsp.media.picture_files import MOST_PIXELS, PictureFiles
from darkcsp.media.picture_url import PictureUrl
from darkcsp.media.source import Source
from darkcsp.media.standard_input import StandardInput
from darkcsp.media.video_file import VideoFile
from darkcsp.media.video_stream import VideoStream


class Sources:
    """A Source that chains several sources.

    Attributes:
        files: the picture and video files in them.
    """

    def __init__(self, parts: Sequence[Source], files: Iterable[Path] = ()) -> None:
        self.files = tuple(files)
        self._parts = parts

    @property
    def count(self) -> int | None:
        """See Source."""
        total = 0
        for part in self._parts:
            count = part.count
            if count is None:
                return None
            total += count
        return total

    def __iter__(self) -> Iterator[Frame | Unreadable]:
        for part in self._parts:
            yield from part


def open_sources(
    arguments: Iterable[str | os.PathLike[str]],
    without: Iterable[str | os.PathLike[str]] = (),
    most_pixels: int | None = MOST_PIXELS,
) -> Sources:
    """Return one source for all arguments, in order. Nothing is read until the source is iterated.

    Args:
        arguments: picture and video files, folders, lists and patterns as for `find_pictures`; the http or https
            address of a picture; the rtsp or rtsps address of a camera; "-" for a picture on standard input; the number
            of a camera, if no file has that name.
        without: folders whose contents are left out, unless they are arguments themselves.
        most_pixels: maximum number of pixels in a picture or video frame; larger ones are reported as unreadable. None
            for no limit.

    Raises:
        MediaError: a file or folder does not exist, or contains no pictures or videos.
    """
    without = tuple(without)
    parts: list[Source] = []
    files: list[Found] = []
    for opener, group in groupby([os.fspath(argument) for argument in arguments], _opener):
        if opener is not None:
            parts += [opener(argument, most_pixels) for argument in group]
            continue
        found = find_pictures(group, without)
        files += found
        for is_video, some in groupby(found, lambda file: file.path.suffix.lower() in VIDEOS):
            same = tuple(some)
            if is_video:
                parts += [VideoFile(file, most_pixels=most_pixels) for file in same]
            else:
                parts.append(PictureFiles(same, most_pixels))
    return Sources(parts, [file.path for file in files if os.path.isfile(file.path)])


def _opener(argument: str) -> Callable[[str, int | None], Source] | None:
    """Return the opener of an argument that is not a file; None for files."""
    if argument == "-":
        return _open_standard_input
    if re.match(r"https?://", argument, re.IGNORECASE):
        return PictureUrl
    if re.match(r"rtsps?://", argument, re.IGNORECASE):
        return VideoStream
    if re.fullmatch(r"[0-9]{1,4}", argument) and not Path(argument).exists():
        return _open_camera
    return None


def _open_standard_input(argument: str, most_pixels: int | None) -> Source:
    return StandardInput(most_pixels=most_pixels)


def _open_camera(argument: str, most_pixels: int | None) -> Source:
    return Camera(int(argument))
