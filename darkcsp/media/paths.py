"""Files, folders and patterns to picture and video files."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from darkcsp.errors import MediaError
from darkcsp.media.found import Found
from darkcsp.media.lists import LISTS, read_list

SUFFIXES = frozenset(".bmp .jfif .jpe .jpeg .jpg .pbm .pgm .png .pnm .ppm .tif .tiff .webp".split())
"""Endings of the picture files that are taken from a folder; a file that is named itself may have any."""

VIDEOS = frozenset(".avi .m4v .mkv .mov .mp4 .mpeg .mpg .webm .wmv".split())
"""Endings of video files."""


Identity = tuple[int, int] | None
"""A folder's device and number on it."""


def find_pictures(
    arguments: Iterable[str | os.PathLike[str]], without: Iterable[str | os.PathLike[str]] = ()
) -> tuple[Found, ...]:
    """Return the picture and video files of all arguments, each once, in their order; folders' in alphabetical order.

    Args:
        arguments: files; folders, with all below them; lists, see `read_list`; patterns such as `a/*.jpg` and
            `a/**/*.jpg`.
        without: folders whose contents are left out unless they are an argument themselves.

    A folder that may not be listed stands among the files, so that it is told of when its turn comes to be read.

    Raises:
        MediaError: an argument does not exist or gives nothing.
    """
    unwanted = {_identity(folder) for folder in without}
    found: dict[str, Found] = {}
    for argument in arguments:
        for item in _expand(os.fspath(argument), unwanted):
            found.setdefault(_real(item.path), item)
    return tuple(found.values())


def _expand(name: str, unwanted: set[Identity]) -> list[Found]:
    if not name:
        raise MediaError(name, "the name of a picture is empty")
    argument = Path(name)
    try:
        is_folder = stat.S_ISDIR(os.stat(argument).st_mode)
    except (OSError, ValueError) as error:  # ValueError: a zero byte
        if glob.has_magic(name):
            return _fitting(argument)
        missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
        reason = "there is no such file or folder" if missing else getattr(error, "strerror", None) or str(error)
        raise MediaError(argument, reason) from None
    if is_folder:
        return _in_folder(argument, unwanted - {_identity(argument)})
    if argument.suffix.lower() in LISTS:
        return read_list(argument)
    return [Found(argument, Path(argument.name))]


def _in_folder(folder: Path, unwanted: set[Identity]) -> list[Found]:
    files = []
    for place, names in _walk(str(folder), lambda item: not item.is_symlink() and _identity(item) not in unwanted):
        files += [Path(place)] if names is None else [Path(place, name) for name in names if _is_wanted(name)]
    if not files:
        raise MediaError(folder, f"has no pictures or videos in it; looked for {', '.join(sorted(SUFFIXES | VIDEOS))}")
    return [Found(path, path.relative_to(folder)) for path in sorted(files)]


def _walk(top: str, enters: Callable[[os.DirEntry[str]], bool]) -> Iterator[tuple[str, list[str] | None]]:
    """Give each folder, and the names of what is no folder in it, or None where it may not be listed."""
    left = [top]
    while left:  # os.walk calls itself for each level, of which there may be more than Python allows
        place = left.pop()
        try:
            with os.scandir(place) as listing:
                entries = list(listing)
        except OSError:
            yield place, None
            continue
        yield place, [entry.name for entry in entries if not _is_folder(entry)]
        left += [entry.path for entry in entries if _is_folder(entry) and enters(entry)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False


def _identity(path: str | os.PathLike[str]) -> Identity:
    """What tells a folder from others by whatever name; None for one that is not there."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _is_wanted(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES | VIDEOS


def _real(path: str | os.PathLike[str]) -> str:
    """A path without links, or as it is where the system does not follow them to an end."""
    return os.path.realpath(path) if os.path.exists(path) else os.path.abspath(path)


def _fitting(pattern: Path) -> list[Found]:
    root = _fixed_part(pattern)
    paths = sorted({Path(path) for path in _glob(pattern) if _is_wanted(path) and not os.path.isdir(path)})
    if not paths:
        raise MediaError(pattern, "no picture or video fits this pattern")
    return [Found(path, path.relative_to(root)) for path in paths]


def _glob(pattern: Path) -> Iterator[str]:
    """As glob.glob, but `**` enters each folder once, whereas links that lead back would have it go round for ever."""
    if "**" not in pattern.parts:
        yield from glob.iglob(str(pattern))
        return
    stars = pattern.parts.index("**")
    before, after = pattern.parts[:stars], pattern.parts[stars + 1 :]
    for start in glob.glob(str(Path(*before))) if before else [os.curdir]:
        for folder in _folders_below(start):
            yield from _glob(Path(glob.escape(folder), *(after or ["*"])))


def _folders_below(start: str) -> Iterator[str]:
    """A folder and all below it, through links too, each once, and none that is hidden."""
    seen = {_identity(start)}

    def is_new(entry: os.DirEntry[str]) -> bool:
        identity = _identity(entry)
        if entry.name.startswith(".") or identity in seen:
            return False
        seen.add(identity)
        return True

    return (place for place, _ in _walk(start, is_new))


def _fixed_part(pattern: Path) -> Path:
    """The folders of a pattern up to the first that has a wildcard."""
    fixed = Path(pattern.anchor)
    for part in pattern.parts[len(fixed.parts) :]:
        if glob.has_magic(part):
            break
        fixed /= part
    return fixed
