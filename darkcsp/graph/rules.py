"""How a program reads a cfg as a whole: its text, its first section, unknown options, and its weights files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from darkcsp.cfg.document import Cfg
from darkcsp.cfg.options import Options
from darkcsp.cfg.pytorch_reader import OPTIONS, U3_OPTIONS, Reading, read_as_pytorch
from darkcsp.cfg.reader import check_counts
from darkcsp.cfg.strict_options import StrictOptions
from darkcsp.limits import Limits
from darkcsp.spec.file_rules import FileRules
from darkcsp.spec.net import Net, read_net, read_pytorch_net
from darkcsp.spec.program import WONGKINYIUS, Program

COMMON = frozenset(
    "clip onlyforward dont_update burnin_update stopbackward train_only_bn dontload dontloadscales "
    "learning_rate".split()
)
"""Options that Darknet reads in every section; the specs read those that matter for inference."""


@dataclass(frozen=True)
class Rules:
    """How one program reads a cfg as a whole.

    Attributes:
        read_text: turns the document into sections, within limits.
        options: the class that reads a section's options.
        read_net: turns the first section's options, and a size that overrides its own, into Net.
        unknown: message for an unknown option; `{section}` and `{key}` are replaced by their names.
        common: options that any section may have and that do not affect inference.
        files: how it reads weights files.
    """

    read_text: Callable[[Cfg, Limits], Reading]
    options: type[Options]
    read_net: Callable[[Options, tuple[int, int] | None], Net]
    unknown: str
    common: frozenset[str]
    files: FileRules


def rules_of(program: Program) -> Rules:
    """Return the rules of a program."""
    if program.author not in WONGKINYIUS:
        return _DARKNET
    return _U3 if program.author == "WongKinYiu-u3" else _PYTORCH


def _as_darknet(document: Cfg, limits: Limits) -> Reading:
    check_counts(document.sections, document.path, limits)
    return Reading(document.sections, document.notices)


def _pytorch(known: frozenset[str]) -> Rules:
    return Rules(
        read_text=partial(read_as_pytorch, known=known),
        options=StrictOptions,
        read_net=read_pytorch_net,
        unknown="WongKinYiu's reader does not use {key} in [{section}]",
        common=frozenset(),
        files=FileRules(wide_header=True, ignores_rest=True, has_checkpoints=True),
    )


_DARKNET = Rules(
    read_text=_as_darknet,
    options=Options,
    read_net=read_net,
    unknown="[{section}] has no option {key}; Darknet ignores it",
    common=COMMON,
    files=FileRules(),
)
_PYTORCH, _U3 = _pytorch(OPTIONS), _pytorch(U3_OPTIONS)
