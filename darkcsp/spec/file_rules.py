"""What a program implies about its files of weights."""

from __future__ import annotations

from typing import NamedTuple


class FileRules(NamedTuple):
    """How a program reads files of weights.

    Attributes:
        wide_header: whether the header of a `.weights` file has 20 bytes whatever version it names.
        ignores_rest: whether bytes behind the last layer are no error.
        has_checkpoints: whether parameters also come from a state_dict, see `Spec.checkpoint_names`.
    """

    wide_header: bool = False
    ignores_rest: bool = False
    has_checkpoints: bool = False
