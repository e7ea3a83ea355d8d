"""What a user names, to one source."""

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
    """A Source of everything that several give, one after the other.

    Attributes:
        files: the picture and video files among them.
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
    """Return the source of all arguments, in their order. Nothing is read before the source is.

    Args:
        arguments: picture and video files, folders, lists and patterns as for `find_pictures`; an http or https address
            of a picture; an rtsp or rtsps address of a camera; "-", a picture on standard input; a camera's number, if
            no file has that name.
        without: folders whose contents are left out unless they are an argument themselves.
        most_pixels: how many a picture or a video's frame may have; larger ones are told of as unreadable. None for
            any number.

    Raises:
        MediaError: a file or folder does not exist, or gives nothing.
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
    """What opens an argument that names no file; None for one that does."""
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
