"""The files shipped with darkcsp: a cfg for each model, and a table with their numbers."""

from __future__ import annotations

from pathlib import Path

from darkcsp.cfg import Cfg, parse_cfg
from darkcsp.zoo.catalogue import find

INSTALLED = Path(__file__).resolve().parents[1] / "data" / "cfgs"
"""The folder of the files in an installed package."""

REPOSITORY = Path(__file__).resolve().parents[2] / "cfgs"
"""Their folder in a checkout, so that a checkout reads its own files and not those of an installed darkcsp."""


def cfg(name: str, *, size: int | None = None, classes: int | None = None) -> Cfg:
    """Return the cfg of a model, as shipped or composed for another input size or number of classes.

    A detector's anchors, which are in pixels, do not change with the size.

    Args:
        name: one of `list_models()`, with or without `.cfg`.
        size: width and height of the input in pixels, instead of the model's own; a multiple of 32.
        classes: number of classes, instead of the model's own.

    Raises:
        UnknownModelError: there is no such model; the error suggests similar names.
        ValueError: `size` or `classes` is not positive.
    """
    entry = find(name.removesuffix(".cfg"))
    path = f"{entry.name}.cfg"
    if size is None and classes is None:
        return parse_cfg(read_file(path), path)
    changes = [f"{size} x {size} pixels"] if size is not None else []
    changes += [f"{classes} classes"] if classes is not None else []
    header = f"{entry.title}, for {' and '.join(changes)}. Composed by darkcsp."
    return entry.recipe.compose(size, classes).cfg(header, path)


def read_file(name: str) -> str:
    """Return the text of a shipped file."""
    folder = INSTALLED if INSTALLED.is_dir() else REPOSITORY
    return (folder / name).read_bytes().decode()
