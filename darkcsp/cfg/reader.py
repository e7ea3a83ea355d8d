"""Read cfg text by Darknet's rules (read_cfg in src/parser.c, read_option in src/option_list.c).

Spaces, tabs, carriage returns and line feeds are removed everywhere. A line that is then empty, or starts with `#` or
`;`, is a comment; one that starts with `[` opens a section; in any other line the first `=` separates key and value.
Deviations: a UTF-8 byte order mark is skipped, and text before the first section is an error (Darknet crashes).
pjreddie's program keeps carriage returns and therefore rejects files with Windows line endings; AlexeyAB's rule is
followed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from darkcsp.cfg.document import Cfg, Option, Section
from darkcsp.errors import CfgError, CfgSyntaxError, Notice, Place
from darkcsp.limits import DEFAULT_LIMITS, Limits
from darkcsp.small_files import read_small
from darkcsp.text import quoted

_DROP = str.maketrans("", "", " \t\n\r")
_NETWORK = ("net", "network")
_SETUPTOOLS = ("metadata", "options", "tool:", "flake8", "bdist_wheel", "options.")


def read_cfg(path: str | os.PathLike[str], *, limits: Limits = DEFAULT_LIMITS) -> Cfg:
    """Read a cfg file.

    Args:
        path: the file.
        limits: how large it may be, and how many sections and options it may have.

    Raises:
        CfgError: the file cannot be read.
        CfgSyntaxError: it is not a Darknet cfg.
        LimitError: it exceeds the limits.
    """
    try:
        data = read_small(path, limits, "cfg_bytes")
    except OSError as error:
        raise CfgError(Place(os.fspath(path)), f"cannot be read: {error.strerror}") from None
    if b"\0" in data[:4096]:
        raise CfgSyntaxError(
            Place(os.fspath(path)), "is a binary file, expected a Darknet cfg; are cfg and weights swapped?"
        )
    return parse_cfg(data.decode("utf-8", "surrogateescape"), os.fspath(path), limits=limits)


def parse_cfg(text: str, path: str = "<cfg>", *, limits: Limits = DEFAULT_LIMITS) -> Cfg:
    """Parse cfg text; `path` is used in messages.

    Raises:
        CfgSyntaxError: the text is not a Darknet cfg.
        LimitError: it exceeds the limits.
    """
    limits.check("cfg_bytes", len(text), Place(path), "has")
    sections: list[Section] = []
    options: list[Option] = []
    notices: list[Notice] = []

    def close() -> None:
        if sections:
            sections[-1] = Section(sections[-1].name, sections[-1].line, tuple(options))
        options.clear()

    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = raw.translate(_DROP)
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            close()
            sections.append(Section(_section_name(line, raw, Place(path, number)), number))
        elif not sections:
            raise CfgSyntaxError(
                Place(path, number), f"{quoted(raw.strip())} is before the first section; expected [net]"
            )
        else:
            option = _option(line, number)
            if option is None or option.value is None:
                place = Place(path, number, sections[-1].name)
                notices.append(Notice(place, f"{quoted(raw.strip())} has no value and is ignored"))
            if option is not None:
                options.append(option)
    close()
    _check_first(sections, path)
    check_counts(sections, path, limits)
    notices += _repeated(sections, path)
    return Cfg(path, text, tuple(sections), tuple(notices))


def check_counts(sections: Sequence[Section], path: str, limits: Limits) -> None:
    """Raise LimitError if there are too many sections, or too many options in one."""
    limits.check("sections", len(sections), Place(path), "has")
    for section in sections:
        limits.check("options", len(section.options), Place(path, section.line, section.name), "has")


def _section_name(line: str, raw: str, place: Place) -> str:
    if not line.endswith("]"):
        raise CfgSyntaxError(place, f"{quoted(raw.strip())} is not a section; expected a line such as [convolutional]")
    return line[1:-1]


def _option(line: str, number: int) -> Option | None:
    key, equals, value = line.partition("=")
    if not equals:
        return Option(key, None, number)
    return Option(key, value, number) if value else None


def _check_first(sections: list[Section], path: str) -> None:
    if not sections:
        raise CfgSyntaxError(Place(path), "has no sections; expected [net] followed by layers")
    first = sections[0]
    if first.name in _NETWORK:
        return
    place = Place(path, first.line, first.name)
    if first.name.startswith(_SETUPTOOLS):
        raise CfgSyntaxError(place, "this is a Python setup.cfg; expected a Darknet cfg, which starts with [net]")
    raise CfgSyntaxError(place, "is the first section; expected [net] or [network]")


def _repeated(sections: list[Section], path: str) -> list[Notice]:
    notices = []
    for section in sections:
        first: dict[str, Option] = {}
        for option in section.options:
            kept = first.setdefault(option.key, option)
            if kept is not option:
                place = Place(path, option.line, section.name)
                notices.append(
                    Notice(
                        place,
                        f"{option} is ignored: Darknet uses the first, {kept} on line {kept.line}",
                    )
                )
    return notices
