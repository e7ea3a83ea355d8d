"""Build a Graph: each section becomes a spec that knows those above it (parse_network_cfg in src/parser.c)."""

from __future__ import annotations

import dataclasses
import difflib
import os

import darkcsp.layers  # noqa: F401  # registers how sections are read
from darkcsp.cfg.document import Cfg, Section
from darkcsp.cfg.options import Options
from darkcsp.cfg.reader import read_cfg
from darkcsp.errors import CfgError, GraphError, LimitError, Notice, Place
from darkcsp.graph.authors import choose
from darkcsp.graph.graph import Graph
from darkcsp.graph.in_place import Tensors
from darkcsp.graph.limits import MAX_VALUES, Totals
from darkcsp.graph.rules import Rules, rules_of
from darkcsp.graph.vectors import check_sources, is_vector
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.spec.net import TRAINING
from darkcsp.spec.position import Position
from darkcsp.spec.program import DEFAULT_SEMANTICS, WONGKINYIUS, Author, Dialect, Program, Semantics, author_of
from darkcsp.spec.registry import Reader, find_reader, knows, names_of
from darkcsp.spec.spec import Spec, Surroundings
from darkcsp.text import QUOTED, shown

FORK: Author = "AlexeyAB"
"""The author whose rules apply if his program accepts a network."""

ORIGINAL: Author = "pjreddie"
"""The author whose rules apply if the fork rejects it."""


def build_graph(
    cfg: Cfg | str | os.PathLike[str],
    size: tuple[int, int] | None = None,
    *,
    strict: bool = False,
    semantics: Semantics = DEFAULT_SEMANTICS,
    dialect: Dialect = "auto",
    permissive: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Graph:
    """Build the graph of a cfg.

    Args:
        cfg: a parsed cfg, or the path of a cfg file.
        size: (width, height) that overrides the cfg's own.
        strict: treat anything that Darknet silently ignores or replaces as an error.
        semantics: "trained": layers compute what they did when the network was trained; "cpu": what Darknet computes on
            a CPU, see `Semantics`.
        dialect: the program that the cfg is written for: "alexeyab", "pjreddie", "wongkinyiu" (the PyTorch repositories
            PyTorch_YOLOv4, ScaledYOLOv4 and yolor) or "wongkinyiu-u3" (PyTorch_YOLOv4's branch u3_preview). "auto"
            detects it, with a notice if it is not Darknet: see `authors.choose`. With semantics "cpu" or `permissive`,
            which only Darknet has, "auto" means Darknet.
        permissive: treat activations that Darknet does not know as relu, as Darknet does, instead of raising an error.
            Semantics "cpu" does so, too.
        limits: how much the cfg may ask for.

    Raises:
        ArgumentError: the semantics or the dialect is unknown, or they cannot be combined.
        LimitError: the cfg asks for more than the limits allow.
        CfgError: the cfg cannot be read, an option has an invalid value, or layers do not fit together.
    """
    author = author_of(dialect)
    document = cfg if isinstance(cfg, Cfg) else read_cfg(cfg, limits=limits)
    if size is not None:
        _check_size(size, document)
    graph = _build_as(document, size, Program(FORK, semantics, permissive), author, limits)
    if strict and graph.notices:
        first, *rest = graph.notices
        raise CfgError(first.place, first.message + (f" (and {len(rest)} more)" if rest else ""))
    return graph


def build_by(
    document: Cfg,
    program: Program,
    size: tuple[int, int] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Graph:
    """Build the graph of a cfg by the rules of one program.

    Args:
        document: the cfg.
        program: the program whose rules apply.
        size: (width, height) that overrides the cfg's own.
        limits: how much the cfg may ask for.

    Raises:
        CfgError: an option has an invalid value, or the program would reject the network.
        LimitError: the cfg asks for more than the limits allow.
    """
    rules = rules_of(program)
    reading = rules.read_text(document, limits)
    options = rules.options(reading.sections[0], document.path, limits=limits)
    net = rules.read_net(options, size)
    notices = [*reading.notices, *reading.refused, *options.notices, *_unknown(options, rules, TRAINING)]
    layers: list[Spec] = []
    tensors = Tensors()
    totals = Totals(options.place, net, limits)
    vectors = set() if net.is_picture else {-1}
    for index, section in enumerate(reading.sections[1:]):
        place = Place(document.path, section.line, section.name)
        reader = _reader(section, place, program)
        options = rules.options(section, document.path, reader.spec.hidden_options(program), limits)
        at = Position(index, place, layers, net.input, program, net.time_steps, tensors.replaced)
        spec = reader.read(options, at)
        check_sources(spec, layers, vectors)
        totals.add(spec)
        tensors.add(spec, layers)
        if is_vector(spec, vectors):
            vectors.add(index)
        layers.append(spec)
        notices += [*options.notices, *_unknown(options, rules, reader.ignored | rules.common)]
    if not layers:
        raise GraphError(Place(document.path), "has no layers below [net]")
    notices.sort(key=lambda notice: notice.place.line)
    surroundings = Surroundings.of(layers)
    settled = tuple(spec.settled(surroundings) for spec in layers)
    return Graph(document, net, settled, tuple(notices), program, rules.files, limits)


def _check_size(size: tuple[int, int], document: Cfg) -> None:
    if min(size) < 1:
        raise CfgError(Place(document.path), f"size {size[0]}x{size[1]} must be at least 1x1")
    if max(size) > MAX_VALUES:
        raise CfgError(Place(document.path), f"size is too large: Darknet counts up to {MAX_VALUES} pixels")


def _build_as(
    document: Cfg, size: tuple[int, int] | None, rule: Program, author: Author | None, limits: Limits
) -> Graph:
    """Build by the rules of an author; if that is None, of the one that the cfg appears to be written for.

    Semantics "cpu" and `permissive` exist only in Darknet, so they imply that the cfg is Darknet's.
    """
    if author is not None:
        return build_by(document, dataclasses.replace(rule, author=author), size, limits)
    if rule.on_cpu or rule.permissive:
        return _build_by_either(document, size, rule, limits)
    choice = choose(document, limits)
    if choice.author in WONGKINYIUS:
        graph = build_by(document, dataclasses.replace(rule, author=choice.author), size, limits)
    else:
        graph = _build_by_either(document, size, rule, limits)
    return dataclasses.replace(graph, notices=(*choice.notices, *graph.notices))


def _build_by_either(document: Cfg, size: tuple[int, int] | None, rule: Program, limits: Limits) -> Graph:
    """Build by the fork's rules, or by the original's if the fork's program would reject the network or crash.

    An invalid value is an error in both programs; layers that do not fit together in one may fit in the other.
    """
    if (stranger := _stranger_to_the_fork(document)) is not None:
        return _build_by_original(document, size, rule, limits, f"{stranger} is an unknown layer there")
    try:
        graph = build_by(document, rule, size, limits)
    except GraphError as refusal:
        try:
            return _build_by_original(document, size, rule, limits, str(refusal))
        except (CfgError, LimitError):
            raise refusal from None
    if any(shape.w > 1 and shape.h > 1 for spec in graph.layers for shape in spec.inputs):
        return graph
    try:  # the fork divides by the number of layers that work on images
        return _build_by_original(document, size, rule, limits, "no layer works on images")
    except (CfgError, LimitError):
        return graph


def _stranger_to_the_fork(document: Cfg) -> Place | None:
    """Return the place of the first section that the original program knows and the fork does not, or None."""
    for section in document.sections[1:]:
        if knows(ORIGINAL, section.name) and not knows(FORK, section.name):
            return Place(document.path, section.line, section.name)
    return None


def _build_by_original(
    document: Cfg, size: tuple[int, int] | None, rule: Program, limits: Limits, reason: str
) -> Graph:
    graph = build_by(document, dataclasses.replace(rule, author=ORIGINAL), size, limits)
    notice = Notice(
        Place(document.path), f"is read by the rules of pjreddie's Darknet, because AlexeyAB's rejects it: {reason}"
    )
    return dataclasses.replace(graph, notices=(notice, *graph.notices))


def _reader(section: Section, place: Place, program: Program) -> Reader:
    reader = find_reader(program.author, section.name)
    if reader is not None:
        return reader
    if section.name in ("net", "network"):
        raise GraphError(place, "is not the first section; a cfg has only one [net]")
    known = names_of(program.author)
    near = difflib.get_close_matches(section.name[:QUOTED], sorted(known), 1, 0.6)
    hint = f"did you mean [{near[0]}]?" if near else f"expected one of {', '.join(sorted(known))}"
    theirs = [author for author in WONGKINYIUS if knows(author, section.name)]
    if theirs:
        hint = (
            f"WongKinYiu's PyTorch readers know it: use dialect={theirs[0].lower()!r} (--dialect {theirs[0].lower()})"
        )
    raise GraphError(place, f"is not a layer that Darknet knows; {hint}")


def _unknown(options: Options, rules: Rules, known: frozenset[str]) -> list[Notice]:
    return [
        Notice(
            Place(options.path, option.line, options.section.name),
            f"{option}: {rules.unknown.format(section=shown(options.section.name), key=shown(option.key))}",
        )
        for option in options.unread()
        if option.key not in known
    ]
