"""The cfgs that come with darkcsp: their text, and where they lie."""

from __future__ import annotations

import importlib.resources
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from darkcsp.cfg import Cfg, parse_cfg
from darkcsp.errors import UnknownModelError
from darkcsp.zoo.catalogue import CATALOGUE, find, near
from darkcsp.zoo.entry import Entry
from darkcsp.zoo.reproduce import Line, measure, rows_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

PACKAGE = "darkcsp.data.cfgs"
REPOSITORY = Path(__file__).resolve().parents[2] / "cfgs"
WIDTH = 110


def compose(name: str, size: int | None = None, classes: int | None = None) -> Cfg:
    """Compose a model's cfg as it is shipped, or for another input size or number of classes.

    Raises UnknownModelError with near names.
    """
    entry = find(name)
    text = header(entry) if size is None and classes is None else _changed(entry, size, classes)
    return entry.recipe.compose(size, classes).cfg(text, f"{name}.cfg")


def shipped_names() -> list[str]:
    """Return the names of all cfgs that are installed, those of the documents and others."""
    return sorted(item.name.removesuffix(".cfg") for item in _folder().iterdir() if item.name.endswith(".cfg"))


def read_shipped(name: str) -> Cfg:
    """Read a shipped cfg by name, with or without `.cfg`. Raises UnknownModelError with near names."""
    stem = name.removesuffix(".cfg")
    resource = _folder() / f"{stem}.cfg"
    if not resource.is_file():
        raise UnknownModelError(name, near(stem, [*CATALOGUE, *shipped_names()]))
    return parse_cfg(resource.read_bytes().decode(), f"{stem}.cfg")


def header(entry: Entry) -> str:
    """Say what a cfg is: title, status with its reason, printed figures, computed ones."""
    measured = measure(entry.name)
    lines = [f"{entry.title}. Status: {entry.status}."]
    if entry.status != "exact":
        lines.append("A reconstruction from printed figures, not the authors' network.")
    if entry.published:
        lines.append(f"The same network, layer for layer, as {entry.published}.")
    if entry.note:
        lines += textwrap.wrap(entry.note, WIDTH)
    lines += [_printed(table.source, line) for table, line in rows_of(entry.name)]
    size = f"{measured.size} x {measured.size}"
    lines.append(
        f"Darknet counts {measured.darknet_parameters:.4f}M numbers in the weights file, "
        f"{measured.darknet_operations:.4f} BFLOPs at {size}."
    )
    return "\n".join([*lines, "Made by scripts/make_cfgs."])


def _changed(entry: Entry, size: int | None, classes: int | None) -> str:
    changes = [f"{size} x {size} pixels"] if size is not None else []
    changes += [f"{classes} classes"] if classes is not None else []
    return f"{entry.title}, for {' and '.join(changes)}. Composed by darkcsp."


def _printed(source: str, line: Line) -> str:
    """One printed row: figure, what is computed the same way, deviation."""
    assert line.measured is not None
    parts = []
    for figure, computed, deviation, unit, noun in (
        (line.row.parameters, line.measured.parameters, line.parameter_deviation, "M", " parameters"),
        (line.row.operations, line.measured.operations, line.operation_deviation, "", " BFLOPs"),
    ):
        if figure is not None:
            parts.append(f"{figure}{unit}{noun}, here {computed:.4f}{unit} ({deviation:+.2f} %)")
    return f"Printed ({source.partition(':')[0]}, {line.measured.size} x {line.measured.size}): {'; '.join(parts)}."


def _folder() -> Traversable:
    """The resource package; in a checkout that is not installed, the folder it is made from."""
    try:
        folder = importlib.resources.files(PACKAGE)
    except ModuleNotFoundError:
        return REPOSITORY
    return folder if (folder / "__init__.py").is_file() else REPOSITORY
