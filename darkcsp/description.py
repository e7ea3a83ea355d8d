"""How objects show themselves: one line in a console, a small table in a notebook."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from darkcsp.text import LINE, QUOTED, printable, shortened


class Described:
    """Shows `_facts` in `repr` and in notebooks, and nothing else, however large the object is."""

    @abstractmethod
    def _facts(self) -> Mapping[str, object]:
        """Return the few short values, by name, that a user wants to know about the object."""

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}={_value(value)}" for name, value in self._facts().items())
        return f"{type(self).__name__}({facts})"

    def _repr_html_(self) -> str:
        rows = [(name, _grouped(value)) for name, value in self._facts().items()]
        return html_table((type(self).__name__, ""), rows)


def html_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as HTML. Texts may come from files, so they are escaped, and long ones are shortened."""
    head = "".join(f"<th>{_escaped(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(f'<td>{_escaped(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _value(value: object) -> str:
    """Return the value's `repr`; long strings lose their middle."""
    return repr(shortened(value, QUOTED) if isinstance(value, str) else value)


def _grouped(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _escaped(text: str) -> str:
    return escape(printable(text, LINE))
