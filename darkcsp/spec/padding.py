"""The padding of convolutions."""

from __future__ import annotations

from darkcsp.cfg.options import Options


def read_padding(options: Options, size: int) -> int:
    """Read pad (1 means size/2) and padding."""
    padding = options.window("padding", 0, least=0)
    return size // 2 if options.flag("pad") else padding
