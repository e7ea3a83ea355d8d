"""Whose program a cfg is meant for, where nobody says.

Nothing is guessed in silence. A cfg that was published decides by itself; else a section or an activation that only
WongKinYiu's readers know decides for them; either is a notice that names the option. A cfg without any of these is
Darknet's, which is what cfgs are.
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
    """Whose rules a cfg is read by, and what its reader should know of that; AlexeyAB stands for both Darknets."""

    author: Author
    notices: tuple[Notice, ...] = ()


def choose(document: Cfg, limits: Limits = DEFAULT_LIMITS) -> Choice:
    """Choose the program for a cfg.

    Raises CfgError where one line is for WongKinYiu's readers and another would stop them, LimitError.
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
            f"{what}, but line {refused[0].place.line} has an option that stops WongKinYiu's readers "
            f"({refused[0].message.split(':')[0]}). Say whose cfg it is: {_option(PYTORCH)} leaves such options out; "
            f"{_option(RULE)} needs activations by Darknet's names, where silu is swish",
        )
    message = f"{what}; the cfg is read as they read it. {_option(RULE)} reads it as Darknet does"
    return Choice(PYTORCH, (Notice(place, message),))


def _of_published(document: Cfg, publications: tuple[Publication, ...]) -> Choice:
    theirs = [item for item in publications if item.author in WONGKINYIUS]
    darknets = [item for item in publications if item.author in DARKNET]
    place = Place(document.path)
    if not theirs:
        return Choice(RULE)
    if darknets:
        message = (
            f"has the layers of {darknets[0].path}, for Darknet, and of {theirs[0].path}, for WongKinYiu's PyTorch "
            f"programs, which calculate otherwise. It is read as Darknet does: {_option(RULE)} says so, "
            f"{_option(PYTORCH)} is for weights of the latter"
        )
        return Choice(RULE, (Notice(place, message),))
    authors = {item.author for item in theirs}
    author = PYTORCH if PYTORCH in authors else theirs[0].author
    message = (
        f"has the layers of {theirs[0].path}, for WongKinYiu's PyTorch programs, and is read as they read it: "
        f"{_option(author)} says so, {_option(RULE)} reads it as Darknet does"
    )
    if len(authors) > 1:
        other = next(item for item in theirs if item.author != author)
        message += f"; the older program calculates boxes otherwise ({other.path}): {_option(other.author)}"
    return Choice(author, (Notice(place, message),))


def _sign(document: Cfg) -> tuple[Place, str] | None:
    """The first place that only WongKinYiu's readers know, and what is there."""
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
