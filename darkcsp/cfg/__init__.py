"""cfg text to sections and back. Standard library only."""

from darkcsp.cfg.document import Cfg, Option, Section
from darkcsp.cfg.options import Options
from darkcsp.cfg.reader import parse_cfg, read_cfg
from darkcsp.cfg.writer import compose_cfg, set_option, write_cfg

__all__ = ["Cfg", "Option", "Options", "Section", "compose_cfg", "parse_cfg", "read_cfg", "set_option", "write_cfg"]
