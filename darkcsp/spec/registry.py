"""How a section becomes a spec: the registry of readers, by program and section name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.program import WONGKINYIUS, Author
from darkcsp.spec.spec import Spec

ANY_OTHER = "*"
"""In the place of a section's name: those that no other reader is registered for."""

SpecType = TypeVar("SpecType", bound=type[Spec])
Read = Callable[[Options, Position], Spec]
ReadType = TypeVar("ReadType", bound=Read)


class Reader(NamedTuple):
    """How one program reads a section.

    Attributes:
        spec: the class whose file it stands in.
        read: makes the spec from the section's options and its position.
        ignored: options that mean nothing at inference.
    """

    spec: type[Spec]
    read: Read
    ignored: frozenset[str]


_SPECS: dict[str, type[Spec]] = {}
_READERS: dict[tuple[Author, str], Reader] = {}


def layer(spec: SpecType) -> SpecType:
    """Register a spec class for its section names (class decorator): `read` is the reader of all its `authors`.

    Raises ValueError for a name that is taken.
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
    """Register another program's reader of a layer that `layer` has registered for Darknet (decorator).

    Args:
        spec: the layer's class, or the one that the reader makes as a rule.
        sections: the names of the sections that it reads; `ANY_OTHER` stands for all that nobody else reads.
        authors: whose programs read them so.
        ignored: options that mean nothing at inference, separated by blanks.

    Raises ValueError for a name that is taken.
    """

    def register(read: ReadType) -> ReadType:
        for author in authors:
            for name in sections:
                _add(author, name, Reader(spec, read, frozenset(ignored.split())))
        return read

    return register


def find_reader(author: Author, section: str) -> Reader | None:
    """Return how a program reads a section of this name, None where it does not know it."""
    return _READERS.get((author, section)) or _READERS.get((author, ANY_OTHER))


def knows(author: Author, section: str) -> bool:
    """Tell whether a program has a reader for sections of this very name."""
    return (author, section) in _READERS


def names_of(author: Author) -> frozenset[str]:
    """Return the names of all sections that a program knows."""
    return frozenset(name for known, name in _READERS if known == author and name != ANY_OTHER)


def ignored_options(author: Author) -> frozenset[str]:
    """Return the options that mean nothing at inference in one of a program's sections or another."""
    return frozenset().union(*(reader.ignored for (known, _), reader in _READERS.items() if known == author))


def registered() -> dict[str, type[Spec]]:
    """Return section name -> spec class, of those that `layer` registered."""
    return dict(_SPECS)


def _add(author: Author, name: str, reader: Reader) -> None:
    if (author, name) in _READERS:
        taken = _READERS[author, name].spec.__name__
        raise ValueError(f"[{name}] is registered twice for {author}: {taken} and {reader.spec.__name__}")
    _READERS[author, name] = reader
