"""Checks of the types and sizes of values read from a file.

Each raises SchemaError, whose message names the value and shows only the beginning of what was found.
"""

from __future__ import annotations

import json
import math
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from darkcsp.modelfile.bounds import MOST_DIGITS, MOST_JSON, MOST_LABEL

Name = TypeVar("Name", bound=str)


class SchemaError(ValueError):
    """A value has the wrong type or size."""


def parsed(text: str, what: str, most: int = MOST_JSON) -> object:
    """Parse JSON of at most `most` characters; all numbers must be finite, and integers short."""
    label(text, what, most)
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_finite, parse_int=_short)
    except RecursionError:
        raise SchemaError(f"{what} is nested too deeply") from None
    except SchemaError as error:
        raise SchemaError(f"{what}: {error}") from None
    except ValueError:
        raise SchemaError(f"{what} is not valid JSON: {reprlib.repr(text)}") from None


def mapping(value: object, what: str) -> dict[str, Any]:
    """Return a value that is a JSON object."""
    if not isinstance(value, dict):
        _refuse(value, what, "an object")
    return value


def items(value: object, what: str, most: int) -> list[Any]:
    """Return a value that is a list of at most `most` items."""
    if not isinstance(value, list):
        _refuse(value, what, "a list")
    if len(value) > most:
        raise SchemaError(f"{what} has {len(value)} items; at most {most} are allowed")
    return value


def member(values: Mapping[str, Any], key: str, what: str) -> Any:
    """Return a member of an object."""
    if key not in values:
        raise SchemaError(f"{what} has no {key!r}")
    return values[key]


def whole(value: object, what: str, least: int, most: int) -> int:
    """Return a value that is an integer within bounds."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        _refuse(value, what, f"a whole number from {least} to {most}")
    return value


def number(value: object, what: str, least: float = -math.inf, most: float = math.inf) -> float:
    """Return a value that is a finite number within bounds."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not least <= value <= most:
        _refuse(value, what, "a number" if least == -math.inf else f"a number from {least} to {most}")
    return float(value)


def flag(value: object, what: str) -> bool:
    """Return a value that is true or false."""
    if not isinstance(value, bool):
        _refuse(value, what, "true or false")
    return value


def label(value: object, what: str, most: int = MOST_LABEL) -> str:
    """Return a value that is a string of at most `most` characters."""
    if not isinstance(value, str):
        _refuse(value, what, "a string")
    if len(value) > most:
        raise SchemaError(f"{what} has {len(value)} characters; at most {most} are allowed")
    return value


def one_of(value: object, what: str, known: Sequence[Name]) -> Name:
    """Return a value that is one of several names."""
    for item in known:
        if item == value:
            return item
    _refuse(value, what, f"one of {', '.join(known)}")


def check_depth(value: object, what: str, most: int) -> None:
    """Raise SchemaError for lists and objects nested deeper than `most`."""
    level: Iterable[object] = [value]
    for _ in range(most + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise SchemaError(f"{what} is nested more than {most} levels deep")


def _refuse(value: object, what: str, expected: str) -> NoReturn:
    raise SchemaError(f"{what} is {reprlib.repr(value):.100}, expected {expected}")


def _no_number(name: str) -> NoReturn:
    raise SchemaError(f"{name} is not a finite number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise SchemaError(f"{text:.20} is not a finite number")
    return value


def _short(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise SchemaError(f"a number has {len(text)} digits; at most {MOST_DIGITS} are allowed")
    return int(text)
