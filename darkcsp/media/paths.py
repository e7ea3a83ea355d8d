"""Files, folders and patterns to picture and video files."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from darkcsp.errors import MediaError

SUFFIXES = frozenset(".bmp .jfif .jpe .jpeg .jpg .pbm .pgm .png .pnm .ppm .tif .tiff .webp".split())
"""Endings of the picture files that are taken from a folder; a file that is named itself may have any."""

VIDEOS = frozenset(".avi .m4v .mkv .mov .mp4 .mpeg .mpg .webm .wmv".split())
"""Endings of video files."""


class Found(NamedTuple):
    """A picture or video file, and its path below the folder or the fixed part of the pattern that led to it."""

    path: Path
    relative: Path


def find_pictures(
    arguments: Iterable[str | os.PathLike[str]], without: Iterable[str | os.PathLike[str]] = ()
) -> tuple[Found, ...]:
    """Return the picture and video files of all arguments, each once, in their order; folders' in alphabetical order.

    Args:
        arguments: files; folders, with all below them; patterns such as `a/*.jpg` and `a/**/*.jpg`.
        without: folders whose contents are left out unless they are an argument themselves.

    Raises:
        MediaError: an argument does not exist or gives nothing.
    """
    unwanted = {Path(folder).resolve() for folder in without}
    found: dict[Path, Found] = {}
    for argument in arguments:
        for item in _expand(Path(argument), unwanted):
            found.setdefault(item.path.resolve(), item)
    return tuple(found.values())


def _expand(argument: Path, unwanted: set[Path]) -> list[Found]:
    if argument.is_dir():
        return _in_folder(argument, unwanted - {argument.resolve()})
    if argument.exists():
        return [Found(argument, Path(argument.name))]
    if not glob.has_magic(str(argument)):
        raise MediaError(argument, "there is no such file or folder")
    paths = sorted(Path(path) for path in glob.glob(str(argument), recursive=True))
    files = [path for path in paths if path.is_file() and path.suffix.lower() in SUFFIXES | VIDEOS]
    if not files:
        raise MediaError(argument, "no picture or video fits this pattern")
    root = _fixed_part(argument)
    return [Found(path, path.relative_to(root)) for path in files]


def _in_folder(folder: Path, unwanted: set[Path]) -> list[Found]:
    files = sorted(path for path in _walk(folder, unwanted) if path.suffix.lower() in SUFFIXES | VIDEOS)
    if not files:
        raise MediaError(folder, f"has no pictures or videos in it; looked for {', '.join(sorted(SUFFIXES | VIDEOS))}")
    return [Found(path, path.relative_to(folder)) for path in files]


def _walk(folder: Path, unwanted: set[Path]) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if Path(place, name).resolve() not in unwanted]
        yield from (Path(place, name) for name in files)


def _fixed_part(pattern: Path) -> Path:
    """The folders of a pattern up to the first that has a wildcard."""
    fixed = Path(pattern.anchor)
    for part in pattern.parts[len(fixed.parts) :]:
        if glob.has_magic(part):
            break
        fixed /= part
    return fixed
