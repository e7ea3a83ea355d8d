"""Class trees, as in YOLO9000 (src/tree.c): each class is below a more general one, such as `terrier` below `dog`.

A network applies one softmax to each group of siblings; the probability of a class is the product of these values along
the path from the root.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

from darkcsp.cfg.document import Cfg
from darkcsp.cfg.numbers import atoi
from darkcsp.cfg.options import Options
from darkcsp.errors import Place, UnsupportedLayerError
from darkcsp.small_files import read_small
from darkcsp.text import shown

MOST_TABLES = 24
"""Maximum number of table entries per class, see `Tree.jumps`."""


@dataclass(frozen=True)
class Tree:
    """A tree of classes.

    Attributes:
        names: names of the classes, in the network's order.
        parents: number of each class's parent, which is before the class in this order; -1 for roots.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The classes in groups of consecutive siblings, each with a softmax of its own."""
        numbered = groupby(enumerate(self.parents), key=lambda item: item[1])
        return tuple(tuple(number for number, _ in group) for _, group in numbered)

    @cached_property
    def groups_by_size(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """The groups, with those of equal size together."""
        ordered = sorted(self.groups, key=len)
        return tuple(tuple(same) for _, same in groupby(ordered, key=len))

    @cached_property
    def jumps(self) -> tuple[tuple[int, ...], ...]:
        """Tables of ancestors: table k has each class's ancestor 2^k levels up.

        The number of classes, n, means "above the root"; each table has n + 1 entries, so that n maps to itself. With
        p[n] = 1, one step p = p * p[table] per table computes all products up to the root.
        """
        top = len(self.parents)
        table = (*(top if parent < 0 else parent for parent in self.parents), top)
        tables = []
        while any(entry != top for entry in table):
            tables.append(table)
            table = tuple(table[entry] for entry in table)
        return tuple(tables)


@dataclass(frozen=True)
class TreeOption:
    """A section's `tree` option.

    Attributes:
        file: the file's name as written in the cfg.
        tree: the tree in the file; None if it was not found, which matters only if probabilities are needed.
    """

    file: str
    tree: Tree | None

    def needed(self, place: Place, backend: str) -> Tree:
        """Return the tree. Raises UnsupportedLayerError if its file was not found."""
        if self.tree is None:
            raise UnsupportedLayerError(
                place,
                backend,
                f"tree={shown(self.file)} was not found in the current folder, the cfg's folder or its parent folder",
            )
        return self.tree


def read_tree(options: Options, classes: int) -> TreeOption | None:
    """Read the option `tree`; None if it is absent.

    Darknet looks for the file relative to the current folder; here, it can also be relative to the cfg's folder or its
    parent folder. A missing file only gives a notice, since shapes and weights do not depend on it.

    Raises:
        OptionError: the file has a different number of classes, or a class before its parent, or cannot be read.
        LimitError: the file exceeds the limits.
    """
    file = options.optional_text("tree")
    if file is None:
        return None
    found = _find(file, options.path)
    if found is not None:
        return TreeOption(file, _parse(found, classes, options))
    options.notice("tree", "the file was not found in the current folder, the cfg's folder or its parent folder")
    return TreeOption(file, None)


def tree_files(cfg: Cfg) -> list[Path]:
    """Return the files that the `tree` options of a cfg refer to, so that callers can avoid overwriting them."""
    options = (section.find("tree") for section in cfg.sections)
    found = (_find(option.value, cfg.path) for option in options if option is not None and option.value)
    return [path for path in found if path is not None]


def _find(file: str, cfg: str) -> Path | None:
    """Find a file that a cfg refers to."""
    folder = Path(cfg).parent
    return next((path for path in (Path(file), folder / file, folder.parent / file) if _is_file(path)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # for example, the name is too long
        return False


def _parse(path: Path, classes: int, options: Options) -> Tree:
    """Parse lines with a name and the number of its parent (read_tree in src/tree.c)."""
    try:
        data = read_small(path, options.limits, "names_bytes", place=options.place_of("tree"), patient=False)
    except OSError as error:
        raise options.error("tree", f"{path} cannot be read: {error.strerror}") from None
    lines = data.decode("utf-8", "replace").splitlines()
    if len(lines) != classes:
        raise options.error("tree", f"{path} has {len(lines)} classes, but the section has classes={classes}")
    options.check("constants", "tree", MOST_TABLES * classes)
    names, parents = [], []
    for number, line in enumerate(lines):
        name, parent = (*line.split(maxsplit=2), "", "")[:2]
        names.append(name)
        parents.append(max(atoi(parent)[0], -1) if parent else -1)
        if parents[-1] >= number:
            raise options.error(
                "tree",
                f"line {number + 1} of {path} gives {shown(name)} the parent {parents[-1]}; parents must come first",
            )
    return Tree(tuple(names), tuple(parents))
