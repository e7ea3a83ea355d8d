"""The registry of readers, which turn sections into specs, by program and section name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.program import WONGKINYIUS, Author
from darkcsp.spec.spec import Spec

ANY_OTHER = "*"
"""Used as a section name, stands for all sections without a reader of their own."""

SpecType = TypeVar("SpecType", bound=type[Spec])
Read = Callable[[Options, Position], Spec]
ReadType = TypeVar("ReadType", bound=Read)


class Reader(NamedTuple):
    """How one program reads a section.

    Attributes:
        spec: the layer's class.
        read: creates the spec from the section's options and its position.
        ignored: options that do not affect inference.
    """

    spec: type[Spec]
    read: Read
    ignored: frozenset[str]


_SPECS: dict[str, type[Spec]] = {}
_READERS: dict[tuple[Author, str], Reader] = {}


def layer(spec: SpecType) -> SpecType:
    """Register a spec class for its section names (class decorator), with `read` as the reader for all its `authors`.

    Raises ValueError if a name is already registered.
    """
    for name in spec.sections:
        if name in _SPECS:
            raise ValueError(f"[{name}] is registered twice: {_SPECS[name].__name__} and {spec.__name__}")
        for author in spec.authors:
            _add(author, name, Reader(spec, spec.read, spec.training_options))
        _SPECS[name] = spec
    return spec


def reads(
    spec: type[Spec], *sections: str, authors: tuple[Author, ...] = WONGKINYIUS, ignored: str = ""
) -> Callable[[ReadType], ReadType]:
    """Register another program's reader for a layer that `layer` has registered for Darknet (decorator).

    Args:
        spec: the layer's class, or the one that the reader usually returns.
        sections: the names of the sections that it reads; `ANY_OTHER` stands for all that no other reader reads.
        authors: the authors of the programs that read them this way.
        ignored: options that do not affect inference, separated by spaces.

    Raises ValueError if a name is already registered.
    """

    def register(read: ReadType) -> ReadType:
        for author in authors:
            for name in sections:
                _add(author, name, Reader(spec, read, frozenset(ignored.split())))
        return read

    return register


def find_reader(author: Author, section: str) -> Reader | None:
    """Return how a program reads a section of this name, or None if it does not know it."""
    return _READERS.get((author, section)) or _READERS.get((author, ANY_OTHER))


def knows(author: Author, section: str) -> bool:
    """Return whether a program has a reader for exactly this section name."""
    return (author, section) in _READERS


def names_of(author: Author) -> frozenset[str]:
    """Return the names of all sections that a program knows."""
    return frozenset(name for known, name in _READERS if known == author and name != ANY_OTHER)


def ignored_options(author: Author) -> frozenset[str]:
    """Return all options that do not affect inference in at least one of a program's sections."""
    return frozenset().union(*(reader.ignored for (known, _), reader in _READERS.items() if known == author))


def registered() -> dict[str, type[Spec]]:
    """Return section name -> spec class, for all that `layer` has registered."""
    return dict(_SPECS)


def _add(author: Author, name: str, reader: Reader) -> None:
    if (author, name) in _READERS:
        taken = _READERS[author, name].spec.__name__
        raise ValueError(f"[{name}] is registered twice for {author}: {taken} and {reader.spec.__name__}")
    _READERS[author, name] = reader
