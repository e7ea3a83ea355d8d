"""[empty], also [silence]: a separate case in parse_network_cfg_custom, src/parser.c."""

from __future__ import annotations

from dataclasses import dataclass

from darkcsp.cfg.options import Options
from darkcsp.spec.position import Position
from darkcsp.spec.registry import ANY_OTHER, layer, reads
from darkcsp.spec.shape import Shape
from darkcsp.spec.spec import Spec, chained


@layer
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Empty(Spec):
    """Passes its input on, as the same tensor."""

    sections = ("empty", "silence")
    vectors = "keeps"
    authors = ("AlexeyAB",)

    @classmethod
    def read(cls, options: Options, at: Position) -> Spec:
        """Read an [empty] section; it has no options."""
        return cls(**chained(at))

    @property
    def hands_on(self) -> bool:
        """Always True."""
        return True

    @property
    def output(self) -> Shape:
        """The input's shape."""
        return self.input


@reads(Empty, "silence", authors=("WongKinYiu",))
def read_for_pytorch(options: Options, at: Position) -> Empty:
    """Read a [silence] section as WongKinYiu's reader does."""
    _account_for_all(options)
    return Empty(**chained(at))


@reads(Empty, "reorg3d")
def read_reorg3d(options: Options, at: Position) -> Empty:
    """Read a [reorg3d] section, which does nothing in WongKinYiu's readers."""
    _account_for_all(options)
    options.notice_section("passes its input on, because WongKinYiu's reader ignores it")
    return Empty(**chained(at))


@reads(Empty, ANY_OTHER)
def read_unknown(options: Options, at: Position) -> Empty:
    """Read a section that WongKinYiu's readers do not know: they print a message and pass its input on."""
    _account_for_all(options)
    options.notice_section("is not a layer that WongKinYiu's reader knows; it passes its input on")
    return Empty(**chained(at))


def _account_for_all(options: Options) -> None:
    """Mark all options as read, since a layer that passes its input on needs none."""
    for option in options.section.options:
        options.has(option.key)
