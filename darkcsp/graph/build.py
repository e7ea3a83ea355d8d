"""Sections to Graph: each section becomes a spec that knows the ones above it (parse_network_cfg in src/parser.c)."""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Mapping

from darkcsp.cfg.document import Cfg, Section
from darkcsp.cfg.options import Options
from darkcsp.cfg.reader import read_cfg
from darkcsp.errors import CfgError, GraphError, Notice, Place
from darkcsp.graph.graph import Graph
from darkcsp.graph.limits import check_shape
from darkcsp.graph.vectors import check_sources, is_vector
from darkcsp.layers import registered
from darkcsp.spec.net import TRAINING, read_net
from darkcsp.spec.position import Position
from darkcsp.spec.program import DEFAULT_SEMANTICS, Author, Program, Semantics
from darkcsp.spec.spec import Spec

COMMON = frozenset(
    "clip onlyforward dont_update burnin_update stopbackward train_only_bn dontload dontloadscales "
    "learning_rate".split()
)
"""Options that Darknet reads in every section; those that matter to inference are read by the specs."""

FORK: Author = "AlexeyAB"
"""Whose rules hold where his program accepts a network."""

ORIGINAL: Author = "pjreddie"
"""Whose rules hold where the fork refuses it."""


def build_graph(
    cfg: Cfg | str | os.PathLike[str],
    size: tuple[int, int] | None = None,
    *,
    strict: bool = False,
    semantics: Semantics = DEFAULT_SEMANTICS,
) -> Graph:
    """Build the graph of a cfg.

    Args:
        cfg: a parsed cfg, or the path of one.
        size: (width, height) in place of the cfg's own.
        strict: treat what Darknet silently ignores or replaces as an error.
        semantics: "trained": layers compute what they did when the network was trained; "cpu": what Darknet computes on
            a CPU, see `Semantics`.

    Raises:
        ArgumentError: the semantics are none that are known.
        CfgError: the cfg cannot be read, an option is impossible, or layers do not fit together.
    """
    document = cfg if isinstance(cfg, Cfg) else read_cfg(cfg)
    if size is not None and min(size) < 1:
        raise CfgError(Place(document.path), f"size {size[0]}x{size[1]} must be at least 1x1")
    graph = _build_by_either(document, size, semantics)
    if strict and graph.notices:
        first, *rest = graph.notices
        raise CfgError(first.place, first.message + (f" (and {len(rest)} more)" if rest else ""))
    return graph


def build_by(document: Cfg, program: Program, size: tuple[int, int] | None = None) -> Graph:
    """Build the graph of a cfg by the rules of one program, and no other's.

    Args:
        document: the cfg.
        program: whose rules.
        size: (width, height) in place of the cfg's own.

    Raises:
        CfgError: an option is impossible, or the program would refuse the network.
    """
    options = Options(document.sections[0], document.path)
    net = read_net(options, size)
    notices = [*document.notices, *options.notices, *_unknown(options, TRAINING)]
    layers: list[Spec] = []
    vectors = set() if net.is_picture else {-1}
    known = {name: spec for name, spec in registered().items() if program.author in spec.authors}
    for index, section in enumerate(document.sections[1:]):
        place = Place(document.path, section.line, section.name)
        spec_class = _spec_class(section, place, known)
        options = Options(section, document.path, spec_class.hidden_options(program))
        spec = spec_class.read(options, Position(index, place, tuple(layers), net.input, program, net.time_steps))
        check_sources(spec, layers, vectors)
        check_shape(spec)
        if is_vector(spec, vectors):
            vectors.add(index)
        layers.append(spec)
        notices += [*options.notices, *_unknown(options, spec.training_options | COMMON)]
    if not layers:
        raise GraphError(Place(document.path), "has no layers below [net]")
    notices.sort(key=lambda notice: notice.place.line)
    settled = tuple(spec.settled(tuple(layers)) for spec in layers)
    return Graph(document, net, settled, tuple(notices), program)


def _build_by_either(document: Cfg, size: tuple[int, int] | None, semantics: Semantics) -> Graph:
    """Build by the fork's rules, or by the original's where the fork's program would refuse the network or crash.

    An impossible value is an error in either; what does not fit together may fit by the other's rules.
    """
    if (stranger := _stranger_to_the_fork(document)) is not None:
        return _build_by_original(document, size, semantics, f"{stranger} is not a layer that it knows")
    try:
        graph = build_by(document, Program(FORK, semantics), size)
    except GraphError as refusal:
        try:
            return _build_by_original(document, size, semantics, str(refusal))
        except CfgError:
            raise refusal from None
    if any(shape.w > 1 and shape.h > 1 for spec in graph.layers for shape in spec.inputs):
        return graph
    try:  # the fork divides by the number of layers on pictures
        return _build_by_original(document, size, semantics, "it has no layer on pictures")
    except CfgError:
        return graph


def _stranger_to_the_fork(document: Cfg) -> Place | None:
    """Return the first section that only other programs know."""
    known = registered()
    for section in document.sections[1:]:
        if section.name in known and FORK not in known[section.name].authors:
            return Place(document.path, section.line, section.name)
    return None


def _build_by_original(document: Cfg, size: tuple[int, int] | None, semantics: Semantics, reason: str) -> Graph:
    graph = build_by(document, Program(ORIGINAL, semantics), size)
    notice = Notice(
        Place(document.path), f"is read by the rules of pjreddie's Darknet; AlexeyAB's refuses it: {reason}"
    )
    return dataclasses.replace(graph, notices=(notice, *graph.notices))


def _spec_class(section: Section, place: Place, known: Mapping[str, type[Spec]]) -> type[Spec]:
    if section.name in known:
        return known[section.name]
    if section.name in ("net", "network"):
        raise GraphError(place, "stands below the first section; a cfg has one [net]")
    near = difflib.get_close_matches(section.name, known, 1, 0.6)
    hint = f"did you mean [{near[0]}]?" if near else f"known are {', '.join(sorted(known))}"
    raise GraphError(place, f"is not a layer that Darknet knows; {hint}")


def _unknown(options: Options, known: frozenset[str]) -> list[Notice]:
    return [
        Notice(
            Place(options.path, option.line, options.section.name),
            f"{option.key}={option.value}: [{options.section.name}] has no option {option.key}; Darknet ignores it",
        )
        for option in options.unread()
        if option.key not in known
    ]
