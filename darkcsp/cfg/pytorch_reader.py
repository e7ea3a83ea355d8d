"""Read cfg text by the rules of WongKinYiu's PyTorch readers (parse_model_cfg in utils/parse_config.py).

They differ from Darknet's rules: the last of repeated options wins, only a line whose very first character is # is a
comment, and options outside the first section must be in a fixed list. Anything that makes their program stop is an
error here, with one exception: an option that is not in the list is reported and dropped, because cfgs written for both
programs have such options.
"""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.document import Cfg, Option, Section
from darkcsp.cfg.reader import check_counts
from darkcsp.errors import CfgSyntaxError, Notice, Place
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.text import shown

OPTIONS = frozenset(
    "batch_normalize filters size stride pad activation layers groups from mask anchors classes num jitter "
    "ignore_thresh truth_thresh random stride_x stride_y weights_type weights_normalization scale_x_y beta_nms "
    "nms_kind iou_loss iou_normalizer cls_normalizer iou_thresh atoms na nc".split()
)
"""Options allowed outside the first section. `type` is allowed, too, but turns the section into one of that name."""

U3_OPTIONS = OPTIONS - {"atoms", "na", "nc"}
"""The options of the older reader."""


@dataclass(frozen=True)
class Reading:
    """A cfg's text as one program reads it.

    Attributes:
        sections: the sections, each with every option once.
        notices: anything suspicious that was found.
        refused: dropped options, at which the program itself would stop.
    """

    sections: tuple[Section, ...]
    notices: tuple[Notice, ...] = ()
    refused: tuple[Notice, ...] = ()


def read_as_pytorch(
    cfg: Cfg,
    limits: Limits = DEFAULT_LIMITS,
    known: frozenset[str] = OPTIONS,
) -> Reading:
    """Read a cfg's text; `known` are the options allowed outside the first section.

    Raises:
        CfgSyntaxError: WongKinYiu's reader would stop at a line.
        LimitError: there are too many sections, or too many options in one.
    """
    sections: list[Section] = []
    options: list[Option] = []
    for number, raw in enumerate(cfg.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not raw or raw.startswith("#"):
            continue
        line = raw.strip()
        if line.startswith("["):
            if sections:
                sections[-1] = Section(sections[-1].name, sections[-1].line, tuple(options))
            options = []
            sections.append(Section(line[1:-1].rstrip(), number))
        elif not sections:
            raise CfgSyntaxError(Place(cfg.path, number), f"{line[:40]!r} is before the first section")
        else:
            options.append(_option(line, number, Place(cfg.path, number, sections[-1].name)))
    if not sections:
        raise CfgSyntaxError(Place(cfg.path), "has no sections; expected [net] followed by layers")
    sections[-1] = Section(sections[-1].name, sections[-1].line, tuple(options))
    check_counts(sections, cfg.path, limits)
    return _checked(sections, cfg.path, known)


def _option(line: str, number: int, place: Place) -> Option:
    parts = line.split("=")
    if len(parts) == 2:
        return Option(parts[0].rstrip(), parts[1].strip(), number)
    if not line:
        raise CfgSyntaxError(
            place, "this line has only whitespace, which WongKinYiu's reader does not accept; make it empty"
        )
    if line[0] in "#;":
        raise CfgSyntaxError(
            place,
            f"{line[:40]!r}: for WongKinYiu's reader, a comment must start with # in the first column",
        )
    raise CfgSyntaxError(place, f"{line[:40]!r}: WongKinYiu's reader needs exactly one '='; expected key=value")


def _checked(sections: list[Section], path: str, known: frozenset[str]) -> Reading:
    """Keep the last of repeated options, and drop unknown options outside the first section."""
    notices, refused = [], []
    kept = []
    for number, section in enumerate(sections):
        options: dict[str, Option] = {}
        for option in section.options:
            place = Place(path, option.line, section.name)
            if number and option.key == "type":
                message = (
                    f"{option}: WongKinYiu's reader takes the section for a [{shown(option.value or '')}]; remove it"
                )
                raise CfgSyntaxError(place, message)
            if number and option.key not in known:
                message = f"{option}: WongKinYiu's reader does not accept this option; it is ignored"
                refused.append(Notice(place, message))
                continue
            if (replaced := options.get(option.key)) is not None:
                message = f"{option} overrides {replaced} on line {replaced.line}"
                notices.append(Notice(place, message))
            options[option.key] = option
        kept.append(Section(section.name, section.line, tuple(options.values())))
    return Reading(tuple(kept), tuple(notices), tuple(refused))
