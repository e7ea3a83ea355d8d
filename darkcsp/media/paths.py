"""Expands files, folders and patterns to picture and video files."""

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
"""Endings of the picture files that are found in folders; files named directly may have any ending."""

VIDEOS = frozenset(".avi .m4v .mkv .mov .mp4 .mpeg .mpg .webm .wmv".split())
"""Endings of video files."""


Identity = tuple[int, int] | None
"""A folder's device and inode."""


def find_pictures(
    arguments: Iterable[str | os.PathLike[str]], without: Iterable[str | os.PathLike[str]] = ()
) -> tuple[Found, ...]:
    """Return the picture and video files of all arguments, each once, in order; within folders, alphabetically.

    Args:
        arguments: files; folders, searched with their subfolders; lists, see `read_list`; patterns such as `a/*.jpg`
            and `a/**/*.jpg`.
        without: folders whose contents are left out, unless they are arguments themselves.

    A folder that may not be listed is returned like a file, so that it is reported when it is its turn to be read.

    Raises:
        MediaError: an argument does not exist, or contains no pictures or videos.
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
    except (OSError, ValueError) as error:  # ValueError: a null byte
        if glob.has_magic(name):
            return _fitting(argument)
        missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
        reason = "no such file or folder" if missing else getattr(error, "strerror", None) or str(error)
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
        raise MediaError(folder, f"contains no pictures or videos; looked for {', '.join(sorted(SUFFIXES | VIDEOS))}")
    return [Found(path, path.relative_to(folder)) for path in sorted(files)]


def _walk(top: str, enters: Callable[[os.DirEntry[str]], bool]) -> Iterator[tuple[str, list[str] | None]]:
    """Yield each folder and the names of the files in it, or None if it may not be listed."""
    left = [top]
    while left:  # os.walk recurses once per level, and there may be more levels than Python allows
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
    except OSError:  # a link that points back to itself
        return False


def _identity(path: str | os.PathLike[str]) -> Identity:
    """Return what identifies a folder under any name; None if it does not exist."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


def _is_wanted(name: str) -> bool:
    return Path(name).suffix.lower() in SUFFIXES | VIDEOS


def _real(path: str | os.PathLike[str]) -> str:
    """Return a path with its links resolved, or unresolved if the system cannot follow them."""
    return os.path.realpath(path) if os.path.exists(path) else os.path.abspath(path)


def _fitting(pattern: Path) -> list[Found]:
    root = _fixed_part(pattern)
    paths = sorted({Path(path) for path in _glob(pattern) if _is_wanted(path) and not os.path.isdir(path)})
    if not paths:
        raise MediaError(pattern, "no picture or video matches this pattern")
    return [Found(path, path.relative_to(root)) for path in paths]


def _glob(pattern: Path) -> Iterator[str]:
    """As glob.glob, but `**` enters each folder only once; links to a parent would otherwise loop."""
    if "**" not in pattern.parts:
        yield from glob.iglob(str(pattern))
        return
    stars = pattern.parts.index("**")
    before, after = pattern.parts[:stars], pattern.parts[stars + 1 :]
    for start in glob.glob(str(Path(*before))) if before else [os.curdir]:
        for folder in _folders_below(start):
            yield from _glob(Path(glob.escape(folder), *(after or ["*"])))


def _folders_below(start: str) -> Iterator[str]:
    """Return a folder and its subfolders, including linked ones, each once and without hidden ones."""
    seen = {_identity(start)}

    def is_new(entry: os.DirEntry[str]) -> bool:
        identity = _identity(entry)
        if entry.name.startswith(".") or identity in seen:
            return False
        seen.add(identity)
        return True

    return (place for place, _ in _walk(start, is_new))


def _fixed_part(pattern: Path) -> Path:
    """Return the leading folders of a pattern, up to the first with a wildcard."""
    fixed = Path(pattern.anchor)
    for part in pattern.parts[len(fixed.parts) :]:
        if glob.has_magic(part):
            break
        fixed /= part
    return fixed
