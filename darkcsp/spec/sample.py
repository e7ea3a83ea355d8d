"""A small network in which a section makes sense, for pages and tests that go through all layers."""

from __future__ import annotations

from typing import NamedTuple

NET = "[net]\nwidth=16\nheight=16\nchannels=3\n"
CONVOLUTION = "[convolutional]\nfilters=6\nsize=3\npad=1\nactivation=linear\n"


class Sample(NamedTuple):
    """What a section needs around it.

    Attributes:
        above: sections between [net] and this one.
        options: lines of the section itself.
    """

    above: str = CONVOLUTION
    options: str = ""

    def text(self, section: str) -> str:
        """The whole cfg, whose last section is named `section`."""
        return f"{NET}{self.above}[{section}]\n{self.options}"
