"""What a program implies about its weights files."""

from __future__ import annotations

from typing import NamedTuple


class FileRules(NamedTuple):
    """How a program reads weights files.

    Attributes:
        wide_header: whether the header of a `.weights` file has 20 bytes regardless of its version.
        ignores_rest: whether bytes after the last layer are ignored rather than an error.
        has_checkpoints: whether parameters can also come from a state_dict, see `Spec.checkpoint_names`.
    """

    wide_header: bool = False
    ignores_rest: bool = False
    has_checkpoints: bool = False
