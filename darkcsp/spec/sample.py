"""Small valid networks for each section, for documentation and tests that cover all layers."""

from __future__ import annotations

from typing import NamedTuple

NET = "[net]\nwidth=16\nheight=16\nchannels=3\n"
CONVOLUTION = "[convolutional]\nfilters=6\nsize=3\npad=1\nactivation=linear\n"


class Sample(NamedTuple):
    """The context that a section needs.

    Attributes:
        above: the sections between [net] and this one.
        options: the lines of the section itself.
    """

    above: str = CONVOLUTION
    options: str = ""

    def text(self, section: str) -> str:
        """Return the complete cfg, whose last section is named `section`."""
        return f"{NET}{self.above}[{section}]\n{self.options}"
