"""Write cfgs: compose new ones, and change one option of an existing one in place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from darkcsp.cfg.document import Cfg
from darkcsp.cfg.reader import parse_cfg
from darkcsp.errors import CfgError, Place
from darkcsp.files import write_whole
from darkcsp.limits import NO_LIMITS

Value = str | int | float | Iterable[int | float]


def write_cfg(cfg: Cfg, path: str | os.PathLike[str]) -> None:
    """Write a cfg; a cfg that was read and not changed gives identical bytes. Raises CfgError if writing fails."""
    try:
        with write_whole(path) as file:
            file.write(cfg.to_bytes())
    except OSError as error:
        raise CfgError(Place(os.fspath(path)), f"cannot be written: {error.strerror}") from None


def compose_cfg(
    sections: Iterable[tuple[str, Mapping[str, Value]]], *, header: str = "", path: str = "<composed>"
) -> Cfg:
    """Compose a cfg from (name, options) pairs.

    Lists become comma-separated values, and whole floats lose their `.0`. Each line of `header` becomes a comment.
    """
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    for name, options in sections:
        if lines:
            lines.append("")
        lines.append(f"[{name}]")
        lines += [f"{key}={format_value(value)}" for key, value in options.items()]
    return parse_cfg("\n".join(lines) + "\n", path, limits=NO_LIMITS)


def format_value(value: Value) -> str:
    """Return a value as cfg text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return ",".join(format_value(item) for item in value)


def set_option(cfg: Cfg, section: int, key: str, value: Value) -> Cfg:
    """Return the cfg with one option changed, or added as the first line of its section; all other bytes stay."""
    lines = cfg.text.split("\n")
    target = cfg.sections[section]
    end = "\r" if lines[target.line - 1].endswith("\r") else ""
    option = target.find(key)
    text = f"{key}={format_value(value)}{end}"
    if option is None:
        lines.insert(target.line, text)
    else:
        lines[option.line - 1] = text
    return parse_cfg("\n".join(lines), cfg.path, limits=NO_LIMITS)
