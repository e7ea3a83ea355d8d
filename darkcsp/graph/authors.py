"""Detect which program a cfg was written for, if the caller does not specify one.

The choice is never silent unless it is Darknet. A published cfg is recognised; otherwise, a section or an activation
that only WongKinYiu's readers know selects them. Both cases give a notice that names the option. Any other cfg is
Darknet's.
"""

from __future__ import annotations

from typing import NamedTuple

from darkcsp.cfg.document import Cfg, Section
from darkcsp.cfg.pytorch_reader import read_as_pytorch
from darkcsp.errors import CfgError, Notice, Place
from darkcsp.graph.published import Publication, find_publications
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.spec.activation_functions import FOREIGN
from darkcsp.spec.program import WONGKINYIUS, Author
from darkcsp.spec.registry import knows

DARKNET: tuple[Author, ...] = ("AlexeyAB", "pjreddie")
RULE: Author = "AlexeyAB"
PYTORCH: Author = "WongKinYiu"


class Choice(NamedTuple):
    """Whose rules a cfg is read by, and notices about the choice; AlexeyAB stands for both Darknets."""

    author: Author
    notices: tuple[Notice, ...] = ()


def choose(document: Cfg, limits: Limits = DEFAULT_LIMITS) -> Choice:
    """Choose the program for a cfg.

    Raises:
        CfgError: one line is only for WongKinYiu's readers and another would stop them.
        LimitError: the cfg exceeds the limits.
    """
    publications = find_publications(document)
    if publications:
        return _of_published(document, publications)
    sign = _sign(document)
    if sign is None:
        return Choice(RULE)
    place, what = sign
    refused = read_as_pytorch(document, limits).refused
    if refused:
        raise CfgError(
            place,
            f"{what}, but line {refused[0].place.line} has an option that they do not accept "
            f"({refused[0].message.split(':')[0]}). Choose a dialect: {_option(PYTORCH)} ignores such options; "
            f"{_option(RULE)} needs Darknet's names of activations, such as swish for silu",
        )
    message = f"{what}; the cfg is read as they read it. To read it as Darknet does, use {_option(RULE)}"
    return Choice(PYTORCH, (Notice(place, message),))


def _of_published(document: Cfg, publications: tuple[Publication, ...]) -> Choice:
    theirs = [item for item in publications if item.author in WONGKINYIUS]
    darknets = [item for item in publications if item.author in DARKNET]
    place = Place(document.path)
    if not theirs:
        return Choice(RULE)
    if darknets:
        message = (
            f"has the same layers as {darknets[0].path}, written for Darknet, and {theirs[0].path}, written for "
            f"WongKinYiu's PyTorch programs, which compute different results. It is read as Darknet reads it; use "
            f"{_option(RULE)} to confirm that, or {_option(PYTORCH)} for weights of the PyTorch programs"
        )
        return Choice(RULE, (Notice(place, message),))
    authors = {item.author for item in theirs}
    author = PYTORCH if PYTORCH in authors else theirs[0].author
    message = (
        f"has the same layers as {theirs[0].path}, written for WongKinYiu's PyTorch programs, and is read as they read "
        f"it; use {_option(author)} to confirm that, or {_option(RULE)} to read it as Darknet does"
    )
    if len(authors) > 1:
        other = next(item for item in theirs if item.author != author)
        message += f"; the older program, for {other.path}, computes different boxes: {_option(other.author)}"
    return Choice(author, (Notice(place, message),))


def _sign(document: Cfg) -> tuple[Place, str] | None:
    """Return the first place with something that only WongKinYiu's readers know, and a description of it."""
    for section in document.sections[1:]:
        place = Place(document.path, section.line, section.name)
        if _is_theirs(section):
            return place, "is a section that only WongKinYiu's PyTorch programs know"
        option = section.find("activation")
        if option is not None and option.value in FOREIGN:
            place = Place(document.path, option.line, section.name)
            return place, f"activation={option.value} is a name that only WongKinYiu's PyTorch programs know"
    return None


def _is_theirs(section: Section) -> bool:
    return any(knows(author, section.name) for author in WONGKINYIUS) and not any(
        knows(author, section.name) for author in DARKNET
    )


def _option(author: Author) -> str:
    return f"dialect={author.lower()!r} (--dialect {author.lower()})"
