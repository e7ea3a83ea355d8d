"""Read cfg text into sections, and write it back. Standard library only."""

from darkcsp.cfg.document import Cfg, Option, Section
from darkcsp.cfg.options import Options
from darkcsp.cfg.pytorch_reader import Reading, read_as_pytorch
from darkcsp.cfg.reader import parse_cfg, read_cfg
from darkcsp.cfg.strict_options import StrictOptions
from darkcsp.cfg.writer import compose_cfg, set_option, write_cfg

__all__ = [
    "Cfg",
    "Option",
    "Options",
    "Reading",
    "Section",
    "StrictOptions",
    "compose_cfg",
    "parse_cfg",
    "read_as_pytorch",
    "read_cfg",
    "set_option",
    "write_cfg",
]
